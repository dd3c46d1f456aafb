#include "support/memory_store.hpp"

#include "stockcast/store/keys.hpp"

#include <utility>

namespace stockcast::test {
namespace {

using Table = MemoryStore::Table;
using Tables = MemoryStore::Tables;

const Table& table_of(const Tables& tables, Family family) {
    return *tables[static_cast<std::size_t>(family)];
}

std::optional<std::string> find(const Table& table, std::string_view key) {
    const auto found = table.find(key);
    if (found == table.end()) return std::nullopt;
    return found->second;
}

class MemorySnapshot final : public Snapshot {
public:
    MemorySnapshot(Tables tables, const Floors& floors, std::mutex& mutex)
        : tables_(std::move(tables)), floors_(floors), mutex_(mutex) {}
    /// Under the lock, so that a writer which sees itself as the only owner also sees that we have read.
    ~MemorySnapshot() override {
        const std::lock_guard lock{mutex_};
        tables_ = {};
    }

    Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        if (floors_.hide(family, key)) return std::optional<std::string>{};
        return find(table_of(tables_, family), key);
    }

    Result<void> scan(Family family, const KeyRange& range, Direction direction, const Visit& visit) const override {
        const Table& table = table_of(tables_, family);
        auto first = table.lower_bound(range.from);
        auto last = range.to.empty() ? table.end() : table.lower_bound(range.to);
        if (!range.to.empty() && range.to <= range.from) return {};
        if (direction == Direction::ascending) {
            while (first != last && show(family, *first, visit)) ++first;
            return {};
        }
        while (last != first) {
            --last;
            if (!show(family, *last, visit)) break;
        }
        return {};
    }

private:
    bool show(Family family, const Table::value_type& entry, const Visit& visit) const {
        return floors_.hide(family, entry.first) || visit(entry.first, entry.second);
    }

    Tables tables_;
    const Floors floors_;
    std::mutex& mutex_;
};

}  // namespace

MemoryStore::MemoryStore() {
    for (auto& table : tables_) table = std::make_shared<Table>();
}

MemoryStore::~MemoryStore() = default;

void MemoryStore::fail_next_commit(Fault fault) {
    const std::lock_guard lock{mutex_};
    next_fault_ = fault;
}

void MemoryStore::set_full(bool full) {
    const std::lock_guard lock{mutex_};
    full_ = full;
}

void MemoryStore::set_cold(bool cold) {
    const std::lock_guard lock{mutex_};
    cold_ = cold;
}

void MemoryStore::reopen() {
    const std::lock_guard lock{mutex_};
    broken_ = false;
}

bool MemoryStore::is_broken() const {
    const std::lock_guard lock{mutex_};
    return broken_;
}

std::size_t MemoryStore::commits() const {
    const std::lock_guard lock{mutex_};
    return commits_;
}

std::map<std::string, std::string> MemoryStore::entries(Family family) const {
    const std::lock_guard lock{mutex_};
    const Table& table = table_of(tables_, family);
    return {table.begin(), table.end()};
}

Result<void> MemoryStore::commit(const Batch& batch) {
    const std::lock_guard lock{mutex_};
    if (broken_) return Errc::store_failed;
    if (full_) return Errc::store_full;

    const auto fault = std::exchange(next_fault_, std::nullopt);
    if (fault == Fault::full) return Errc::store_full;
    if (fault != Fault::failed) write(batch);
    if (fault) {
        broken_ = true;
        return Errc::store_failed;
    }
    ++commits_;
    return {};
}

/// Snapshots and checkpoints share the tables, so a table is copied before its first write after one of them was taken.
void MemoryStore::write(const Batch& batch) {
    for (const auto& [family, key, value] : batch.writes()) {
        auto& shared = tables_[static_cast<std::size_t>(family)];
        if (shared.use_count() > 1) shared = std::make_shared<Table>(*shared);
        if (value)
            shared->insert_or_assign(key, *value);
        else
            shared->erase(key);
    }
    take_up_floors();
}

void MemoryStore::take_up_floors() {
    if (const auto floors = find(table_of(tables_, Family::meta), keys::floors))
        floors_ = decode_floors(*floors).value();
}

Result<std::optional<std::string>> MemoryStore::get(Family family, std::string_view key) const {
    const std::lock_guard lock{mutex_};
    if (floors_.hide(family, key)) return std::optional<std::string>{};
    return find(table_of(tables_, family), key);
}

std::optional<std::string> MemoryStore::peek(Family family, std::string_view key) const {
    const std::lock_guard lock{mutex_};
    if (cold_ || floors_.hide(family, key)) return std::nullopt;
    auto value = find(table_of(tables_, family), key);
    return value && !value->empty() ? value : std::nullopt;
}

Result<std::vector<std::optional<std::string>>> MemoryStore::get_many(Family family,
                                                                      const std::vector<std::string>& keys) const {
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (const auto& key : keys) {
        values.push_back(floors_.hide(family, key) ? std::nullopt : find(table_of(tables_, family), key));
    }
    return values;
}

std::unique_ptr<Snapshot> MemoryStore::snapshot() const {
    const std::lock_guard lock{mutex_};
    return std::make_unique<MemorySnapshot>(tables_, floors_, mutex_);
}

Floors MemoryStore::floors() const {
    const std::lock_guard lock{mutex_};
    return floors_;
}

Result<void> MemoryStore::reclaim() {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < family_count; ++i) {
        auto& shared = tables_[i];
        if (shared.use_count() > 1) shared = std::make_shared<Table>(*shared);
        std::erase_if(*shared, [&](const auto& entry) { return floors_.hide(static_cast<Family>(i), entry.first); });
    }
    return {};
}

Result<void> MemoryStore::checkpoint(const std::string& directory) {
    const std::lock_guard lock{mutex_};
    if (!checkpoints_.emplace(directory, tables_).second) return Errc::malformed;
    return {};
}

std::unique_ptr<MemoryStore> MemoryStore::copy(const std::string& directory) const {
    const std::lock_guard lock{mutex_};
    auto copied = std::make_unique<MemoryStore>();
    copied->tables_ = checkpoints_.at(directory);
    copied->take_up_floors();
    return copied;
}

StoreHealth MemoryStore::recover() {
    const std::lock_guard lock{mutex_};
    if (broken_) return {false, "the store failed"};
    if (full_) return {false, "the disk is full"};
    return {};
}

}  // namespace stockcast::test
