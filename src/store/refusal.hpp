#pragma once

#include "stockcast/store/rocks_store.hpp"

#include <rocksdb/status.h>

#include <string>

/// Why a store can't be opened, said in both languages with the way out. Each names the directory as it was given.
namespace stockcast {

StoreRefused refused_locked(const std::string& directory);
StoreRefused refused_newer(const std::string& directory, const std::string& its_version,
                           const std::string& our_version);
/// `what` is RocksDB's own word, or ours, in English.
StoreRefused refused_damaged(const std::string& directory, const std::string& what);
StoreRefused refused_foreign(const std::string& directory);
StoreRefused refused_missing(const std::string& directory);
/// A restore into it broke off.
StoreRefused refused_unfinished_restore(const std::string& directory);
/// In use, and its server makes no copy.
StoreRefused refused_no_copy(const std::string& directory, const std::string& why);
StoreRefused refused_by_system(const std::string& directory, int error_number);
/// For what RocksDB answered to an opening.
StoreRefused refused_by_rocksdb(const std::string& directory, const rocksdb::Status& status);

}  // namespace stockcast
