#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>
#include <rocksdb/db.h>

#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace stockcast;
using namespace stockcast::test;
using Reason = StoreRefused::Reason;

namespace {

std::string epoch_of(const Store& store) {
    return records::decode_text(store.get(Family::meta, keys::epoch).value().value()).value();
}

mode_t mode_of(const std::string& path) {
    struct stat found{};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777;
}

void check_refusal(const std::string& directory, Reason reason, const std::string& english,
                   const std::string& spanish) {
    const auto refused = refusal_of(settings_in(directory));
    REQUIRE(refused);
    CHECK(refused->reason() == reason);
    CHECK_THAT(refused->what(), Catch::Contains(english) && Catch::Contains(directory));
    CHECK_THAT(refused->spanish(), Catch::Contains(spanish) && Catch::Contains(directory));
}

/// Makes a RocksDB that is not ours, with these families beside the default one.
void make_foreign_database(const std::string& path, const std::vector<std::string>& families,
                           const std::string& format_version = {}) {
    std::filesystem::create_directories(path);
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    REQUIRE(rocksdb::DB::Open(options, path, &opened).ok());
    const std::unique_ptr<rocksdb::DB> db{opened};
    REQUIRE(db->Put({}, "key", "value").ok());
    for (const auto& name : families) {
        rocksdb::ColumnFamilyHandle* handle = nullptr;
        REQUIRE(db->CreateColumnFamily({}, name, &handle).ok());
        if (name == "meta" && !format_version.empty()) {
            REQUIRE(db->Put({}, handle, "format_version", records::encode_text(format_version)).ok());
        }
        REQUIRE(db->DestroyColumnFamilyHandle(handle).ok());
    }
}

}  // namespace

TEST_CASE("a new store is made private, with an epoch and a format version that stay", "[store][opening]") {
    const TemporaryDirectory directory;
    const auto data = directory / "deep/data";
    std::string epoch;
    {
        const auto store = open_in(data);
        epoch = epoch_of(*store);
        CHECK(epoch.size() >= 20);
        CHECK(records::decode_text(store->get(Family::meta, keys::format_version).value().value()).value() == "1");
        CHECK(mode_of(data) == 0700);
        CHECK(mode_of(data + "/rocksdb") == 0700);
        CHECK(store->commit(batch_of(Family::products, "a", "1")));
    }
    const auto store = open_in(data);
    CHECK(epoch_of(*store) == epoch);
    CHECK(store->get(Family::products, "a").value() == "1");
}

TEST_CASE("a directory named with a slash behind it is the same one, made as private", "[store][opening]") {
    const TemporaryDirectory directory;
    const auto disk = std::make_shared<FaultyFileSystem>();
    const auto store = open_in(directory / "data//", disk);
    CHECK(mode_of(directory / "data") == 0700);
    disk->arm({.operation = FaultyFileSystem::Operation::sync, .name_has = ".log"});
    CHECK(store->commit(batch_of(Family::products, "a", "1")).error() == Errc::store_failed);
    CHECK(refusal_of(settings_in(directory / "data"))->reason() == Reason::locked);
}

TEST_CASE("an empty database directory made beforehand is taken, and a half-made database is begun again",
          "[store][opening]") {
    const TemporaryDirectory directory;
    std::filesystem::create_directories(directory / "rocksdb");
    make_foreign_database(directory / "rocksdb.new", {"meta"});
    const auto store = open_in(directory.path());
    CHECK(store->commit(batch_of(Family::products, "a", "1")));
    CHECK_FALSE(std::filesystem::exists(directory / "rocksdb.new"));
}

TEST_CASE("a store in use is refused, in this process and in another", "[store][opening]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory.path());
    check_refusal(directory.path(), Reason::locked, "another stockcast runs on it", "otro stockcast trabaja sobre él");

    const auto child = ::fork();
    if (child == 0) {
        const auto refused = refusal_of(settings_in(directory.path()));
        ::_exit(refused && refused->reason() == Reason::locked ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(store->commit(batch_of(Family::products, "a", "1")));
}

TEST_CASE("RocksDB's own lock is honoured too, as a tool of RocksDB takes it", "[store][opening]") {
    const TemporaryDirectory directory;
    open_in(directory.path());
    rocksdb::FileLock* held = nullptr;
    const auto disk = rocksdb::FileSystem::Default();
    REQUIRE(disk->LockFile(directory / "rocksdb/LOCK", {}, &held, nullptr).ok());
    check_refusal(directory.path(), Reason::locked, "is in use", "está en uso");
    REQUIRE(disk->UnlockFile(held, {}, nullptr).ok());
    CHECK_NOTHROW(open_in(directory.path()));
}

TEST_CASE("a store of a newer version is refused by both versions' numbers", "[store][opening]") {
    const TemporaryDirectory directory;
    CHECK(open_in(directory.path())
              ->commit(batch_of(Family::meta, std::string{keys::format_version}, records::encode_text("7"))));
    check_refusal(directory.path(), Reason::newer_version, "store format 7; this program knows format 1",
                  "formato 7; este programa conoce el formato 1");
}

TEST_CASE("a newer store with families that are not known here is still told from a foreign one", "[store][opening]") {
    const TemporaryDirectory directory;
    make_foreign_database(directory / "newer/rocksdb", {"meta", "products", "destinations"}, "2");
    check_refusal(directory / "newer", Reason::newer_version, "store format 2", "formato 2");
}

TEST_CASE("a RocksDB that is not ours is refused and left alone", "[store][opening]") {
    const TemporaryDirectory directory;
    make_foreign_database(directory / "plain/rocksdb", {});
    make_foreign_database(directory / "with families/rocksdb", {"users", "meta"});
    std::filesystem::create_directories(directory / "files/rocksdb");
    std::ofstream{directory / "files/rocksdb/letter.txt"} << "Querida abuela";
    for (const auto* name : {"plain", "with families", "files"}) {
        check_refusal(directory / name, Reason::foreign, "is not a stockcast store", "no es un almacén de stockcast");
    }
    std::string letter;
    std::getline(std::ifstream{directory / "files/rocksdb/letter.txt"}, letter);
    CHECK(letter == "Querida abuela");
}

TEST_CASE("a directory that can't be made or is none is unreachable", "[store][opening]") {
    const TemporaryDirectory directory;
    std::ofstream{directory / "file"} << "x";
    check_refusal(directory / "file", Reason::unreachable, "Not a directory", "No se puede abrir");
    check_refusal(directory / "file/below", Reason::unreachable, "Not a directory", "Not a directory");
}

TEST_CASE("a full disk at the start is named as such", "[store][opening]") {
    const TemporaryDirectory directory;
    const auto disk = std::make_shared<FaultyFileSystem>();
    disk->arm({.operation = FaultyFileSystem::Operation::create, .name_has = ".log", .once = false});
    auto settings = settings_in(directory.path());
    settings.file_system = disk;
    const auto refused = refusal_of(settings);
    REQUIRE(refused);
    CHECK(refused->reason() == Reason::no_room);
    CHECK_THAT(refused->spanish(), Catch::Contains("No hay espacio"));

    disk->heal();
    CHECK_FALSE(refusal_of(settings));
}

TEST_CASE("a checkpoint opened for reading takes no commit", "[store][opening]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory / "data");
    CHECK(store->checkpoint(directory / "copy"));
    auto settings = settings_in(directory / "copy");
    settings.read_only_copy = true;
    SeededRandom random;
    const auto copy = open_rocks_store(settings, random);
    CHECK(copy->commit(batch_of(Family::products, "a", "1")).error() == Errc::store_failed);
    CHECK_FALSE(copy->recover().writable);
    CHECK(epoch_of(*copy) == epoch_of(*store));
}
