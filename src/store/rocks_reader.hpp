#pragma once

#include "store/rocks_database.hpp"

#include "stockcast/store/store.hpp"

#include <memory>

namespace stockcast {

inline rocksdb::Slice slice_of(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}

Result<std::optional<std::string>> read_one(RocksDatabase& database, const rocksdb::ReadOptions& options, Family family,
                                            std::string_view key);
Result<std::vector<std::optional<std::string>>> read_many(RocksDatabase& database, Family family,
                                                          const std::vector<std::string>& keys);
/// Keeps the database open as long as it lives.
std::unique_ptr<Snapshot> take_snapshot(std::shared_ptr<RocksDatabase> database);

}  // namespace stockcast
