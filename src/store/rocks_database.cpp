#include "store/rocks_database.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>

#include <algorithm>

namespace stockcast {

std::string database_path(const std::string& data_dir) {
    return data_dir + "/rocksdb";
}

std::shared_ptr<rocksdb::FileSystem> disk_of(const RocksSettings& settings) {
    return settings.file_system ? settings.file_system : rocksdb::FileSystem::Default();
}

rocksdb::Status RocksDatabase::open(const RocksSettings& settings, const std::string& path, OpenMode mode, Tail tail,
                                    std::shared_ptr<RocksDatabase>& opened) {
    // Not make_shared: the constructor is private, so that there is none half open.
    std::shared_ptr<RocksDatabase> database{new RocksDatabase};
    database->disk_ = std::make_shared<DiskWatch>(disk_of(settings), path);
    database->env_ = rocksdb::NewCompositeEnv(database->disk_);

    const auto cache = rocksdb::NewLRUCache(settings.cache_bytes);
    const auto of_family = family_options(settings, cache);
    std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, of_family}};
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto family = static_cast<Family>(i);
        families.emplace_back(std::string{to_string(family)}, of_family);
        if (has_floor(family)) let_go_below(families.back().options, family, database->floors_);
        families.back().options.disable_auto_compactions = mode == OpenMode::adopt;
    }

    const auto options = database_options(settings, mode, tail, database->env_.get());
    const bool writes = mode == OpenMode::create || mode == OpenMode::read_write || mode == OpenMode::adopt;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const auto status = writes ? rocksdb::DB::Open(options, path, families, &handles, &db)
                               : rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &db);
    if (!status.ok()) {
        if (!database->disk().lock_refused) return status;
        return rocksdb::Status::Busy(status.ToString());
    }

    database->db_.reset(db);
    database->number_handle_ = handles.front();
    std::copy(handles.begin() + 1, handles.end(), database->handles_.begin());
    opened = std::move(database);
    return status;
}

RocksDatabase::~RocksDatabase() {
    if (!db_) return;
    for (auto* handle : all_handles()) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    // Every commit is on disk already: a failing close loses nothing, and recovery copes with what it leaves.
    db_->Close().PermitUncheckedError();
}

std::vector<rocksdb::ColumnFamilyHandle*> RocksDatabase::all_handles() const {
    std::vector<rocksdb::ColumnFamilyHandle*> all{handles_.begin(), handles_.end()};
    all.push_back(number_handle_);
    return all;
}

Errc read_error(const rocksdb::Status& status) {
    return status.IsCorruption() ? Errc::store_damaged : Errc::store_failed;
}

}  // namespace stockcast
