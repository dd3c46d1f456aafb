#include "stockcast/store/backup.hpp"

#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/offline.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace stockcast;
using namespace stockcast::test;

namespace {

std::string epoch_of(const Store& store) {
    return records::decode_text(*store.get(Family::meta, keys::epoch).value()).value();
}

void copy_database(const std::string& from, const std::string& to) {
    copy_files(from, to, database_files(from), {});
}

}  // namespace

TEST_CASE("a manifest is read back as it was written, and nothing else is taken for one", "[store][backup]") {
    const BackupManifest manifest{.program = "stockcast 1.2.3",
                                  .format = 1,
                                  .made_at = "2025-01-20T10:30:00Z",
                                  .epoch = "abc",
                                  .seq = 12'345'678'901'234,
                                  .files = {{"rocksdb/000001.sst", 5'000'000'000, 0xffffffff}, {"jwt.key", 44, 1}}};
    const auto json = to_json(manifest);
    const auto back = parse_manifest(json).value();
    CHECK(back.program == manifest.program);
    CHECK(back.format == 1);
    CHECK(back.made_at == manifest.made_at);
    CHECK(back.epoch == "abc");
    CHECK(back.seq == manifest.seq);
    CHECK(back.files == manifest.files);

    const std::vector<std::string> bad{
        "",
        "[]",
        "{}",
        json.substr(0, json.size() / 2),
        R"({"format":0,"seq":1,"files":[]})",
        R"({"format":1,"seq":-1,"files":[]})",
        R"({"format":1,"seq":1,"files":{}})",
        R"({"format":1,"seq":1,"files":[{"name":"/etc/passwd","bytes":1,"crc32":1}]})",
        R"({"format":1,"seq":1,"files":[{"name":"rocksdb/../../x","bytes":1,"crc32":1}]})",
        R"({"format":1,"seq":1,"files":[{"name":"","bytes":1,"crc32":1}]})",
        R"({"format":1,"seq":1,"files":[{"name":"x","bytes":1,"crc32":4294967296}]})",
    };
    for (const auto& text : bad) CHECK(parse_manifest(text).error() == Errc::malformed);
}

TEST_CASE("a copy of a store that nobody closed has all that its log held", "[store][backup]") {
    const TemporaryDirectory directory;
    std::string epoch;
    {
        const auto store = open_in(directory / "data");
        epoch = epoch_of(*store);
        REQUIRE(store->commit(batch_of(Family::products, "a", "1")));
        copy_database(directory / "data", directory / "copy");
    }
    SeededRandom random;
    adopt_copy(directory / "copy", EpochOf::copied, LogOf::whole, random);
    {
        OfflineStore copy{directory / "copy", random};
        CHECK(copy.check_files().empty());
        CHECK(copy.store().get(Family::products, "a").value() == "1");
        CHECK(epoch_of(copy.store()) == epoch);
    }
    const auto files = database_files(directory / "copy");
    for (const auto& entry : std::filesystem::directory_iterator{directory / "copy/rocksdb"})
        CHECK(std::ranges::count(files, "rocksdb/" + entry.path().filename().string()) == 1);
}

TEST_CASE("a checkpoint becomes a store that can be written, under a new epoch if asked", "[store][backup]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory / "data");
    // Several logs, the older of which a checkpoint lacks.
    for (int n = 0; n < 3; ++n) {
        REQUIRE(store->commit(batch_of(Family::products, std::to_string(n), "x")));
        REQUIRE(store->checkpoint(directory / ("flush" + std::to_string(n))));
    }
    REQUIRE(store->checkpoint(directory / "checkpoint"));
    copy_database(directory / "checkpoint", directory / "copy");
    SeededRandom random{2};
    adopt_copy(directory / "copy", EpochOf::renewed, LogOf::whole, random);
    const auto opened = open_in(directory / "copy");
    CHECK(epoch_of(*opened) != epoch_of(*store));
    CHECK(entries_of(*opened, Family::products).size() == 3);
    CHECK(opened->commit(batch_of(Family::products, "b", "2")));
}

TEST_CASE("copies are told with their sizes and checksums, and are private", "[store][backup]") {
    const TemporaryDirectory directory;
    std::filesystem::create_directories(directory / "from/deep");
    std::ofstream{directory / "from/deep/file"} << std::string(3'000'000, 'x');
    std::ofstream{directory / "from/empty"} << "";
    const std::vector<std::string> names{"deep/file", "empty"};
    std::uint64_t told = 0;
    const auto copied =
        copy_files(directory / "from", directory / "to", names, [&](std::uint64_t done, std::uint64_t of_all) {
            CHECK(of_all == 3'000'000);
            told = done;
        });
    CHECK(told == 3'000'000);
    CHECK(copied == list_files(directory / "from", names));
    CHECK(copied == list_files(directory / "to", names));
    CHECK(copied[0].bytes == 3'000'000);
    CHECK(copied[1] == BackupFile{"empty", 0, 0});
    using std::filesystem::perms;
    CHECK(std::filesystem::status(directory / "to").permissions() == perms::owner_all);
    CHECK(std::filesystem::status(directory / "to/empty").permissions() == (perms::owner_read | perms::owner_write));
    CHECK_THROWS_AS(copy_files(directory / "from", directory / "to", names, {}), StoreRefused);
}

TEST_CASE("a store's files are checked against what it knows of them", "[store][backup]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_in(directory / "data");
        for (int n = 0; n < 500; ++n)
            REQUIRE(store->commit(batch_of(Family::products, std::to_string(n), std::string(100, 'x'))));
        REQUIRE(store->checkpoint(directory / "copy"));
    }
    SeededRandom random;
    adopt_copy(directory / "copy", EpochOf::copied, LogOf::whole, random);
    std::string largest;
    for (const auto& file : list_files(directory / "copy", database_files(directory / "copy")))
        if (file.name.ends_with(".sst") && file.bytes > 5'000) largest = file.name;
    REQUIRE_FALSE(largest.empty());
    {
        std::fstream file{directory / ("copy/" + largest), std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(1'000);
        file.put('\x7f');
    }
    OfflineStore copy{directory / "copy", random};
    CHECK_THAT(copy.check_files(), Catch::Contains("checksum") || Catch::Contains("Corruption"));
}

TEST_CASE("room is asked of the nearest directory that is there", "[store][backup]") {
    const TemporaryDirectory directory;
    CHECK(room_for(directory / "not/there/yet") > 0);
}
