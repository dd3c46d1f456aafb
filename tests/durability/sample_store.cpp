#include "durability/sample_store.hpp"

#include "durability/damage.hpp"
#include "durability/shop.hpp"
#include "store/opened_store.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <system_error>

namespace stockcast::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::unique_ptr<Store> opened(const std::string& data_dir) {
    auto settings = settings_in(data_dir);
    settings.memtable_bytes = std::uint64_t{1} << 20;
    SeededRandom random;
    return open_rocks_store(settings, random);
}

std::map<std::string, std::uintmax_t> sizes_in(const std::string& directory) {
    std::map<std::string, std::uintmax_t> sizes;
    for (const auto& entry : fs::recursive_directory_iterator{directory}) {
        std::error_code gone;
        if (const auto size = entry.file_size(gone); !gone) sizes[entry.path().string()] = size;
    }
    return sizes;
}

/// A copy of a store that is open: RocksDB's own threads write and remove files beside us, so until none did.
void copy_of_open(const std::string& live, const std::string& place) {
    for (int tries = 0; tries < 10'000; ++tries) {
        try {
            const auto before = sizes_in(live);
            fs::copy(live, place, fs::copy_options::recursive);
            if (sizes_in(live) == before) return;
        } catch (const fs::filesystem_error&) {
            // A file went away in the middle.
        }
        fs::remove_all(place);
    }
    throw std::runtime_error{live + " never stands still"};
}

/// Flushes all families.
void flush(Store& store, const std::string& directory) {
    store.checkpoint(directory + "/copy").value();
    fs::remove_all(directory + "/copy");
}

}  // namespace

std::vector<std::string> SampleStore::older() const {
    return {directory_ + "/older1", directory_ + "/older2", directory_ + "/older3", directory_ + "/older4"};
}

void SampleStore::make() const {
    const auto live = directory_ + "/live";
    const auto keep_as = [&](const std::string& place) { copy_of_open(live, place); };
    {
        const auto store = opened(live);
        Shop shop{*store, 1};
        for (int round = 0; round < 6; ++round) {
            for (std::uint64_t n = 1; n <= 30; ++n) shop.sell(n, 1'000 + round).value();
            shop.sync(1, 500 + round).value();
            shop.administer(1).value();
            flush(*store, directory_);
        }
        keep_as(older()[0]);
        shop.let_go(60s).value();
        for (std::uint64_t n = 1; n <= 40; ++n) shop.sell(n, 900).value();
        flush(*store, directory_);
        keep_as(older()[1]);
    }
    const auto store = opened(live);
    Shop shop{*store, 2};
    for (std::uint64_t n = 1; n <= 20; ++n) shop.sell(n, 800).value();
    // What the logs' family needs fills the memtables: it alone is flushed, so the log before this one stays needed.
    const auto first_log = newest_log(live);
    for (std::uint64_t n = 1; newest_log(live) == first_log; ++n)
        shop.sell(n % 30, 700, /*payload_bytes=*/100'000).value();
    keep_as(older()[2]);
    for (std::uint64_t n = 1; n <= 12; ++n) shop.sell(n, 600).value();
    keep_as(older()[3]);
    for (std::uint64_t n = 1; n <= 8; ++n) shop.sell(n, 500).value();
    shop.sync(2, 400).value();
    shop.administer(2).value();
    shop.sell(3, 300, /*payload_bytes=*/40'000).value();  // in parts of several blocks
    shop.sell(4, 200).value();
    keep_as(data_dir());
}

}  // namespace stockcast::test
