#include "store/rocks_store.hpp"

#include "store/head_check.hpp"
#include "store/refusal.hpp"
#include "store/rocks_open.hpp"
#include "store/rocks_reader.hpp"

#include "stockcast/store/keys.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/utilities/checkpoint.h>

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace stockcast {
namespace {

/// While a full disk keeps the database closed there is nothing to read.
class ClosedSnapshot final : public Snapshot {
public:
    Result<std::optional<std::string>> get(Family, std::string_view) const override { return Errc::store_failed; }
    Result<void> scan(Family, const KeyRange&, Direction, const Visit&) const override { return Errc::store_failed; }
};

/// Errors: `malformed`, before anything is written: a bug of the caller's.
Result<std::optional<Floors>> floors_written_by(const Batch& batch) {
    std::optional<Floors> floors;
    for (const auto& [family, key, value] : batch.writes()) {
        if (family != Family::meta || key != keys::floors) continue;
        const auto written = value ? decode_floors(*value) : Result<Floors>{Errc::malformed};
        if (!written) return Errc::malformed;
        floors = *written;
    }
    return floors;
}

/// Ranges of that family which lie below the floor as a whole, as far as its keys are ordered by it.
std::vector<KeyRange> ranges_below(RocksDatabase& database, Family family, const Floors& floors) {
    std::vector<KeyRange> ranges;
    if (!floors.bound(family) || family == Family::product_changes) return ranges;
    const std::unique_ptr<rocksdb::Iterator> entry{database.db().NewIterator({}, database.handle(family))};
    for (entry->SeekToFirst(); entry->Valid();) {
        const auto first = entry->key().ToString();
        auto to = floors.first_kept(family, first);
        if (floors.hide(family, first)) ranges.push_back({first, std::move(to)});
        // The next company's: of changes, which belong to none, there is one range alone.
        const auto beyond = keys::prefix_range(std::string{Floors::before_all(family, first)}).to;
        if (beyond.empty()) break;
        entry->Seek(beyond);
    }
    return ranges;
}

}  // namespace

RocksStore::RocksStore(RocksSettings settings, std::unique_ptr<DirectoryLock> lock,
                       std::shared_ptr<RocksDatabase> database, Access access)
    : settings_(std::move(settings)),
      lock_(std::move(lock)),
      access_(access),
      free_space_(disk_of(settings_), database_path(settings_.directory), settings_.free_space_floor),
      database_(std::move(database)) {}

std::shared_ptr<RocksDatabase> RocksStore::database() const {
    const std::shared_lock lock{database_mutex_};
    return database_;
}

Result<void> RocksStore::commit(const Batch& batch) {
    const std::lock_guard lock{write_mutex_};
    if (access_ == Access::read_only || obstacle_ == Obstacle::broken) return Errc::store_failed;
    if (obstacle_ != Obstacle::none || !free_space_.is_enough()) return Errc::store_full;
    if (batch.empty()) return {};
    const auto opened = database();
    return write(*opened, batch);
}

Result<void> RocksStore::write(RocksDatabase& database, const Batch& batch) {
    std::size_t bytes = 64;
    for (const auto& entry : batch.writes()) bytes += 32 + entry.key.size() + (entry.value ? entry.value->size() : 0);
    rocksdb::WriteBatch writes{bytes, /*max_bytes=*/0, key_protection_bytes, /*default_cf_ts_sz=*/0};
    for (const auto& [family, key, value] : batch.writes()) {
        auto* handle = database.handle(family);
        const auto added = value ? writes.Put(handle, key, *value) : writes.Delete(handle, key);
        if (!added.ok()) return fail(added, Obstacle::broken);
    }

    const auto floors = floors_written_by(batch);
    if (!floors) return floors.error();

    auto& head = *database.head();
    const auto numbered =
        writes.Put(database.number_handle(), slice_of(batch_number_key), encode_batch_number(head.next()));
    if (!numbered.ok()) return fail(numbered, Obstacle::broken);
    if (const auto begun = head.begin(); !begun.ok()) return fail(begun, Obstacle::full);

    const auto& disk = database.disk();
    const auto appends = disk.appends.load();
    const auto failed_appends = disk.failed_appends.load();
    const auto status = database.db().Write(durable_write(), &writes);
    if (status.ok()) {
        head.finish();
        if (*floors) database.floors().set(**floors);
        return {};
    }

    // ENOSPC is "not written" only while no whole record can be in the log; what came after the append (an fsync, the
    // MANIFEST's note of the log) leaves the outcome open, whatever its error.
    if (disk.sync_failed) return fail(status, Obstacle::broken);
    const bool is_unwritten = disk.failed_appends != failed_appends || disk.appends == appends;
    return fail(status, is_unwritten ? Obstacle::full : Obstacle::broken);
}

Errc RocksStore::fail(const rocksdb::Status& status, Obstacle when_full) {
    obstacle_ = status.IsNoSpace() ? when_full : Obstacle::broken;
    reason_ = status.ToString();
    return obstacle_ == Obstacle::broken ? Errc::store_failed : Errc::store_full;
}

Result<std::optional<std::string>> RocksStore::get(Family family, std::string_view key) const {
    const auto opened = database();
    if (!opened) return Errc::store_failed;
    if (has_floor(family) && opened->floors().get().hide(family, key)) return std::optional<std::string>{};
    return read_one(*opened, {}, family, key);
}

std::optional<std::string> RocksStore::peek(Family family, std::string_view key) const {
    // Whoever opens the database anew holds the lock for as long as the disk takes.
    const std::shared_lock lock{database_mutex_, std::try_to_lock};
    if (!lock || !database_ || (has_floor(family) && database_->floors().get().hide(family, key))) return std::nullopt;
    rocksdb::ReadOptions options;
    options.read_tier = rocksdb::kBlockCacheTier;
    auto value = read_one(*database_, options, family, key);
    // RocksDB also gives an empty value, and calls it found, for a key in a file that it hasn't open.
    if (!value || !*value || (*value)->empty()) return std::nullopt;
    return *std::move(value);
}

Result<std::vector<std::optional<std::string>>> RocksStore::get_many(Family family,
                                                                     const std::vector<std::string>& keys) const {
    const auto opened = database();
    if (!opened) return Errc::store_failed;
    return read_many(*opened, family, keys);
}

std::unique_ptr<Snapshot> RocksStore::snapshot() const {
    auto opened = database();
    if (!opened) return std::make_unique<ClosedSnapshot>();
    return take_snapshot(std::move(opened));
}

Floors RocksStore::floors() const {
    const auto opened = database();
    return opened ? opened->floors().get() : Floors{};
}

Result<void> RocksStore::reclaim() {
    const auto opened = database();
    if (!opened || access_ == Access::read_only) return Errc::store_failed;
    const auto floors = opened->floors().get();
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto family = static_cast<Family>(i);
        for (const auto& range : ranges_below(*opened, family, floors)) {
            const auto from = slice_of(range.from);
            const auto to = slice_of(range.to);
            const auto dropped = rocksdb::DeleteFilesInRange(&opened->db(), opened->handle(family), &from, &to,
                                                             /*include_end=*/false);
            if (!dropped.ok()) return read_error(dropped);
        }
    }
    return {};
}

std::string RocksStore::check_files() const {
    const auto opened = database();
    if (!opened) return "the store is closed";
    // The whole of each file against what the MANIFEST says of it, then each block against its own checksum: the one
    // notices a file that was exchanged, the other tells which block of a file is bad.
    auto status = opened->db().VerifyFileChecksums({});
    if (status.ok()) status = opened->db().VerifyChecksum();
    return status.ok() ? std::string{} : status.ToString();
}

Result<void> RocksStore::checkpoint(const std::string& directory) {
    const std::lock_guard lock{write_mutex_};
    const auto opened = database();
    if (!opened || access_ == Access::read_only || obstacle_ == Obstacle::broken) return Errc::store_failed;
    if (obstacle_ != Obstacle::none) return Errc::store_full;
    if (::mkdir(directory.c_str(), 0700) != 0) return errno == ENOSPC ? Errc::store_full : Errc::malformed;

    auto copied = copy_into(*opened, directory);
    if (!copied) {
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
    }
    return copied;
}

Result<void> RocksStore::copy_into(RocksDatabase& database, const std::string& directory) {
    // All families to files first, so that the copy needs no log.
    const auto flushed = database.db().Flush(rocksdb::FlushOptions{}, database.all_handles());
    if (!flushed.ok()) return fail(flushed, Obstacle::full);

    rocksdb::Checkpoint* made = nullptr;
    auto status = rocksdb::Checkpoint::Create(&database.db(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> maker{made};
    if (status.ok()) status = maker->CreateCheckpoint(database_path(directory), /*log_size_for_flush=*/0);
    if (status.ok()) return {};
    // The copy failed, not the store: nothing is noted against it.
    return status.IsNoSpace() ? Errc::store_full : Errc::store_failed;
}

StoreHealth RocksStore::broken() const {
    return {false, "the store failed and must be opened again: " + reason_};
}

StoreHealth RocksStore::recover() {
    const std::lock_guard lock{write_mutex_};
    if (access_ == Access::read_only) return {false, "the store is open for reading only"};
    if (obstacle_ == Obstacle::broken) return broken();
    if (auto shortage = free_space_.shortage(); !shortage.empty()) return {false, std::move(shortage)};
    if (obstacle_ == Obstacle::none) return {};

    // Not DB::Resume: it would write the rest of a torn record after all, refuses what RocksDB takes for fatal, such as a
    // full disk while a new log is made, and was seen to wait for ever while the disk was still full.
    return reopen();
}

StoreHealth RocksStore::reopen() {
    const std::unique_lock lock{database_mutex_};
    if (database_.use_count() > 1) {
        return {false,
                "the disk was full (" + reason_ + "); waiting for readers to end before the store is opened again"};
    }
    database_.reset();
    try {
        database_ = open_for_commits(settings_, nullptr);
    } catch (const StoreRefused& refused) {
        reason_ = refused.what();
        obstacle_ = refused.reason() == StoreRefused::Reason::no_room ? Obstacle::full : Obstacle::broken;
        return obstacle_ == Obstacle::broken ? broken() : StoreHealth{false, reason_};
    }
    obstacle_ = Obstacle::none;
    return {};
}

std::unique_ptr<Store> open_rocks_store(const RocksSettings& as_given, Random& random) {
    // `data/` and `data` must be one name: DiskWatch knows the log by the directory in its path.
    auto settings = as_given;
    while (settings.directory.size() > 1 && settings.directory.back() == '/') settings.directory.pop_back();
    if (settings.read_only_copy) return open_rocks_store_for_reading(settings, nullptr);

    auto lock = std::make_unique<DirectoryLock>(settings.directory, DirectoryLock::Missing::make);
    make_database_if_missing(settings, *lock, random);
    auto database = open_for_commits(settings, &random);
    return std::make_unique<RocksStore>(settings, std::move(lock), std::move(database), RocksStore::Access::read_write);
}

std::unique_ptr<RocksStore> open_rocks_store_for_reading(const RocksSettings& settings,
                                                         std::unique_ptr<DirectoryLock> lock) {
    auto database = open_database(settings, lock ? OpenMode::read_in_place : OpenMode::adopt);
    return std::make_unique<RocksStore>(settings, std::move(lock), std::move(database), RocksStore::Access::read_only);
}

}  // namespace stockcast
