#pragma once

#include "support/faulty_file_system.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/store/rocks_store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace stockcast::test {

inline RocksSettings settings_in(const std::string& directory) {
    RocksSettings settings;
    settings.directory = directory;
    settings.free_space_floor = 0;
    settings.cache_bytes = std::uint64_t{4} << 20;
    settings.memtable_bytes = std::uint64_t{4} << 20;
    return settings;
}

inline std::unique_ptr<Store> open_in(const std::string& directory, std::shared_ptr<FaultyFileSystem> disk = nullptr) {
    auto settings = settings_in(directory);
    settings.file_system = std::move(disk);
    SeededRandom random;
    return open_rocks_store(settings, random);
}

/// Why it is not opened; empty when it is.
inline std::optional<StoreRefused> refusal_of(const RocksSettings& settings) {
    try {
        SeededRandom random;
        open_rocks_store(settings, random);
        return std::nullopt;
    } catch (const StoreRefused& refused) {
        return refused;
    }
}

inline Batch batch_of(Family family, std::string key, std::string value) {
    Batch batch;
    batch.put(family, std::move(key), std::move(value));
    return batch;
}

/// What one family holds, read through a snapshot. Throws when it can't be read.
inline std::map<std::string, std::string> entries_of(const Store& store, Family family) {
    std::map<std::string, std::string> entries;
    store.snapshot()
        ->scan(family, {}, Direction::ascending,
               [&](std::string_view key, std::string_view value) { return entries.emplace(key, value).second; })
        .value();
    return entries;
}

}  // namespace stockcast::test
