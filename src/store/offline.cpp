#include "stockcast/store/offline.hpp"

#include "store/abort_notice.hpp"
#include "store/refusal.hpp"
#include "store/rocks_open.hpp"
#include "store/rocks_store.hpp"

#include "stockcast/store/directory_lock.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

std::string real_path(const std::string& data_dir) {
    std::error_code failed;
    auto path = fs::canonical(data_dir, failed);
    if (failed) throw refused_by_system(data_dir, failed.value());
    return path.string();
}

/// A tool reads one after the other; it needs little memory, and no room on the disk.
RocksSettings settings_of(const std::string& directory) {
    RocksSettings settings;
    settings.directory = directory;
    settings.read_only_copy = true;
    settings.free_space_floor = 0;
    return settings;
}

/// A copy shares its files with the store, so one that a killed tool left keeps their space from being taken back. Those
/// in use are locked; a young one may be about to be.
void remove_left_copies(const std::string& snapshots) {
    std::error_code failed;
    for (fs::directory_iterator entry{snapshots, failed}, end; !failed && entry != end; entry.increment(failed)) {
        std::error_code ignored;
        const auto age = fs::file_time_type::clock::now() - fs::last_write_time(entry->path(), ignored);
        if (ignored || age < std::chrono::minutes{10}) continue;
        try {
            const DirectoryLock unused{entry->path().string(), DirectoryLock::Missing::refuse};
            fs::remove_all(entry->path(), ignored);
        } catch (const StoreRefused&) {
            continue;  // in use
        }
    }
}

}  // namespace

OfflineStore::OfflineStore(const std::string& data_dir, Random& random, std::chrono::seconds patience) {
    directory_ = real_path(data_dir);
    try {
        auto lock = std::make_unique<DirectoryLock>(directory_, DirectoryLock::Missing::refuse);
        store_ = open_rocks_store_for_reading(settings_of(directory_), std::move(lock));
    } catch (const StoreRefused& refused) {
        if (refused.reason() != StoreRefused::Reason::locked) throw;
        copy_from_server(directory_, random, patience);
    }
    notice_ = std::make_unique<AbortNotice>(data_dir);
}

OfflineStore::~OfflineStore() {
    notice_.reset();
    store_.reset();
    std::error_code ignored;
    if (is_copy_) fs::remove_all(directory_, ignored);
}

Store& OfflineStore::store() {
    return *store_;
}

std::string OfflineStore::check_files() const {
    return store_->check_files();
}

void OfflineStore::copy_from_server(const std::string& data_dir, Random& random, std::chrono::seconds patience) {
    // The server makes this directory: one that we made as another user it could not write to.
    const auto snapshots = data_dir + "/snapshots";
    remove_left_copies(snapshots);
    const auto copy = snapshots + "/offline-" + random.token(12);
    try {
        const auto failed = ask_for_checkpoint(data_dir, copy, patience);
        if (!failed.empty()) throw refused_no_copy(data_dir, failed);
        copy_lock_ = std::make_unique<DirectoryLock>(copy, DirectoryLock::Missing::refuse);
        store_ = open_rocks_store_for_reading(settings_of(copy), nullptr);
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(copy, ignored);
        throw;
    }
    directory_ = copy;
    is_copy_ = true;
}

}  // namespace stockcast
