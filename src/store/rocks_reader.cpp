#include "store/rocks_reader.hpp"

#include <rocksdb/iterator.h>
#include <rocksdb/snapshot.h>

#include <utility>

namespace stockcast {
namespace {

std::string_view view_of(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

class RocksSnapshot final : public Snapshot {
public:
    explicit RocksSnapshot(std::shared_ptr<RocksDatabase> database)
        : database_(std::move(database)),
          snapshot_(database_->db().GetSnapshot()),
          floors_(database_->floors().get()) {}
    ~RocksSnapshot() override { database_->db().ReleaseSnapshot(snapshot_); }
    RocksSnapshot(const RocksSnapshot&) = delete;
    RocksSnapshot& operator=(const RocksSnapshot&) = delete;

    Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        if (floors_.hide(family, key)) return std::optional<std::string>{};
        return read_one(*database_, at_snapshot(), family, key);
    }

    Result<void> scan(Family family, const KeyRange& range, Direction direction, const Visit& visit) const override {
        if (!range.to.empty() && range.to <= range.from) return {};
        const auto from = slice_of(range.from);
        const auto to = slice_of(range.to);
        auto options = at_snapshot();
        options.iterate_lower_bound = &from;
        if (!range.to.empty()) options.iterate_upper_bound = &to;

        const std::unique_ptr<rocksdb::Iterator> entry{database_->db().NewIterator(options, database_->handle(family))};
        const bool ascending = direction == Direction::ascending;
        const bool bound = floors_.bound(family);
        ascending ? entry->SeekToFirst() : entry->SeekToLast();
        while (entry->Valid()) {
            const auto key = view_of(entry->key());
            if (bound && floors_.hide(family, key)) {
                pass_hidden(*entry, family, std::string{key}, direction);
                continue;
            }
            if (!visit(key, view_of(entry->value()))) break;
            ascending ? entry->Next() : entry->Prev();
        }
        // An iterator that meets a bad block merely becomes invalid, as at the end.
        if (!entry->status().ok()) return read_error(entry->status());
        return {};
    }

private:
    /// In one leap, since what is hidden can be millions until its space is taken back.
    void pass_hidden(rocksdb::Iterator& entry, Family family, const std::string& key, Direction direction) const {
        if (direction == Direction::ascending)
            entry.Seek(floors_.first_kept(family, key));
        else
            entry.SeekForPrev(slice_of(Floors::before_all(family, key)));
    }

    rocksdb::ReadOptions at_snapshot() const {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        return options;
    }

    std::shared_ptr<RocksDatabase> database_;
    const rocksdb::Snapshot* snapshot_;
    const Floors floors_;
};

}  // namespace

Result<std::optional<std::string>> read_one(RocksDatabase& database, const rocksdb::ReadOptions& options, Family family,
                                            std::string_view key) {
    std::string value;
    const auto status = database.db().Get(options, database.handle(family), slice_of(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return read_error(status);
    return std::optional{std::move(value)};
}

Result<std::vector<std::optional<std::string>>> read_many(RocksDatabase& database, Family family,
                                                          const std::vector<std::string>& keys) {
    std::vector<rocksdb::Slice> wanted;
    wanted.reserve(keys.size());
    for (const auto& key : keys) wanted.push_back(slice_of(key));
    std::vector<rocksdb::PinnableSlice> found(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    const auto floors = database.floors().get();
    database.db().MultiGet({}, database.handle(family), wanted.size(), wanted.data(), found.data(), statuses.data());

    std::vector<std::optional<std::string>> values(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (floors.hide(family, keys[i])) continue;
        if (statuses[i].ok())
            values[i].emplace(found[i].data(), found[i].size());
        else if (!statuses[i].IsNotFound())
            return read_error(statuses[i]);
    }
    return values;
}

std::unique_ptr<Snapshot> take_snapshot(std::shared_ptr<RocksDatabase> database) {
    return std::make_unique<RocksSnapshot>(std::move(database));
}

}  // namespace stockcast
