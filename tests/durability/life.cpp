#include "durability/life.hpp"

#include "store/opened_store.hpp"
#include "store/rocks_store.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/store/floors.hpp"
#include "stockcast/store/keys.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <unistd.h>

/// RocksDB's, which rests for a second after a flush or a compaction that failed.
extern "C" int usleep(useconds_t) {
    return 0;
}

/// For AddressSanitizer: where a new memtable's log can't be made, RocksDB 7.8 forgets the memtable.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:rocksdb::DBImpl::SwitchMemtable";
}

namespace stockcast::test {
namespace {

using Reason = StoreRefused::Reason;

constexpr std::uint64_t keys_of_a_family = 40;

/// RocksDB writes its options at each opening, reads them back to compare and never needs them: three quarters of a
/// life's time. Where they can't be made it goes on.
class WithoutOptions final : public rocksdb::FileSystemWrapper {
public:
    using FileSystemWrapper::FileSystemWrapper;
    static const char* kClassName() { return "stockcast.WithoutOptions"; }
    const char* Name() const override { return kClassName(); }
    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
        if (name_of(path).starts_with("OPTIONS-")) return rocksdb::IOStatus::NotSupported("options are not kept");
        return target()->NewWritableFile(path, options, file, debug);
    }
};

std::string made_directory(const std::string& path) {
    std::filesystem::create_directory(path);
    return path;
}

std::string bytes_from(Random& random, std::size_t size) {
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span{bytes}));
    return bytes;
}

}  // namespace

Life::Life(std::uint64_t seed)
    : random_(seed),
      power_(std::make_shared<VolatileDisk>(made_directory(directory_ / "attic"))),
      disk_(std::make_shared<FaultyFileSystem>(power_)) {}

Life::Life(std::uint64_t seed, const Life& before) : Life(seed) {
    is_a_ledgers_ = before.is_a_ledgers_;
    changes_ = before.changes_;
    if (!before.shadow_) return;
    shadow_.emplace(before.shadow_->expected());
    std::filesystem::copy(before.directory_ / "data", directory_ / "data", std::filesystem::copy_options::recursive);
}

RocksSettings Life::settings() const {
    auto settings = settings_in(directory_ / "data");
    settings.memtable_bytes = std::uint64_t{1} << 20;  // so that it fills
    settings.file_system = std::make_shared<WithoutOptions>(disk_);
    return settings;
}

void Life::open() {
    close();
    try {
        store_ = open_rocks_store(settings(), random_);
    } catch (const StoreRefused& refused) {
        // A disk that fails is not a damaged store, and whoever is told so throws a good one away.
        if (refused.reason() != Reason::no_room && refused.reason() != Reason::unreachable) wrong(refused.what());
        return;
    }
    try {
        if (!shadow_) shadow_.emplace(contents_of(*store_));
        if (const auto differs = shadow_->settle(*store_); !differs.empty()) wrong(differs);
    } catch (const boost::system::system_error&) {
        return close();  // reads fail: nothing can be said of it now
    }
    shadowed_.emplace(*store_, *shadow_);
}

void Life::commit(const Batch& batch) {
    if (!is_open()) return;
    const auto committed = shadow_->commit(*store_, batch);
    if (committed || committed.error() != Errc::store_full) return;
    store_->recover();
}

void Life::write(std::size_t entries, std::size_t bytes) {
    Batch batch;
    for (std::size_t i = 0; i < entries; ++i) {
        const auto family = random_.below(2) == 0 ? Family::products : Family::subscriptions;
        auto key = std::to_string(random_.below(keys_of_a_family));
        if (random_.below(8) == 0)
            batch.erase(family, std::move(key));
        else
            batch.put(family, std::move(key), bytes_from(random_, bytes));
    }
    commit(batch);
}

void Life::record_change() {
    const auto seq = ++changes_;
    Batch batch;
    batch.put(Family::changes, keys::change(seq), bytes_from(random_, 300));
    batch.put(Family::product_changes, keys::product_change("main", ProductId{}, seq), "");
    batch.put(Family::meta, std::string{keys::ledger_state}, std::to_string(seq));
    commit(batch);
}

void Life::let_go(std::uint64_t kept) {
    if (!is_open() || changes_ <= kept) return;
    auto floors = store_->floors();
    floors.changes = std::max(floors.changes, changes_ - kept);
    Batch batch;
    batch.put(Family::meta, std::string{keys::floors}, encode(floors));
    commit(batch);
    if (is_open() && !store_->reclaim() && disk_->strikes() == 0 && power_->has_power())
        wrong("space can't be reclaimed");
}

void Life::checkpoint() {
    if (!is_open()) return;
    const auto directory = directory_ / ("copy" + std::to_string(copies_.size()));
    const auto copied = store_->checkpoint(directory);
    if (copied)
        copies_.push_back({directory, shadow_->expected()});
    else if (copied.error() == Errc::store_full)
        store_->recover();
}

void Life::read_all() {
    if (!is_open()) return;
    if (const auto differs = shadow_->compare_readable(*store_); !differs.empty()) wrong(differs);
}

void Life::check_files() {
    if (!is_open()) return;
    const auto struck = disk_->strikes();
    const auto found = static_cast<RocksStore&>(*store_).check_files();
    // Once is forgiven: what is read ahead in vain is read again.
    if (found.empty() && disk_->strikes() > struck + 1) wrong("a file that can't be read passes for good");
    if (!found.empty() && disk_->strikes() == struck) wrong("good files are found bad: " + found);
}

void Life::compare_copies() {
    for (const auto& copy : copies_) {
        auto settings = settings_in(copy.directory);
        settings.read_only_copy = true;
        try {
            const auto opened = open_rocks_store(settings, random_);
            const auto differs = difference(contents_of(*opened), copy.contents);
            if (!differs.empty()) wrong("a checkpoint: " + differs);
        } catch (const std::exception& refused) {
            wrong(std::string{"a checkpoint: "} + refused.what());
        }
    }
}

void Life::end(Ending ending) {
    close();
    disk_->heal();
    if (ending == Ending::power_cut)
        power_->restart(random_);
    else
        compare_copies();
    open();
    if (!is_open()) return wrong("it does not open on a good disk");
    if (!is_a_ledgers_) return;
    const auto found = check_invariants(*store_);
    if (!found.empty()) wrong(found.front());
}

}  // namespace stockcast::test
