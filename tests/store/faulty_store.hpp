#pragma once

#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace stockcast::test {

using Entries = std::map<std::string, std::string>;

inline Batch put(std::string key, std::string value) {
    return batch_of(Family::products, std::move(key), std::move(value));
}

/// Bytes that no compression makes smaller.
inline std::string random_bytes(std::size_t size) {
    SeededRandom random;
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span{bytes}));
    return bytes;
}

/// A store on a disk that fails on command.
struct FaultyStore {
    TemporaryDirectory directory;
    std::shared_ptr<FaultyFileSystem> disk = std::make_shared<FaultyFileSystem>();
    std::unique_ptr<Store> store = open_in(directory.path(), disk);

    void reopen() {
        store.reset();
        disk->heal();
        store = open_in(directory.path(), disk);
    }
    Entries products() const { return entries_of(*store, Family::products); }
};

}  // namespace stockcast::test
