// What a full or failing disk can do to a commit, and that the answer says no more than is true.
#include "store/faulty_store.hpp"
#include "support/recording_log.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>

using namespace stockcast;
using namespace stockcast::test;
using Operation = FaultyFileSystem::Operation;
using Error = FaultyFileSystem::Error;

TEST_CASE(
    "ENOSPC while the log is written: nothing of the batch is there, now or later, and the store comes back by itself",
    "[store][faults]") {
    // With and without something unflushed: RocksDB behaves differently in the two.
    for (const bool has_unflushed : {false, true}) {
        for (const std::size_t size : {std::size_t{1}, std::size_t{100'000}, std::size_t{3'000'000}}) {
            CAPTURE(has_unflushed, size);
            FaultyStore faulty;
            Entries expected;
            if (has_unflushed) {
                CHECK(faulty.store->commit(put("before", "1")));
                expected.emplace("before", "1");
            }
            faulty.disk->arm({.operation = Operation::append, .name_has = ".log", .error = Error::no_space});
            CHECK(faulty.store->commit(put("lost", random_bytes(size))).error() == Errc::store_full);
            CHECK(faulty.disk->strikes() == 1);
            CHECK(faulty.store->commit(put("refused", "1")).error() == Errc::store_full);
            CHECK(faulty.products() == expected);

            const auto health = faulty.store->recover();
            CHECK(health.writable);
            CHECK(health.reason.empty());
            CHECK(faulty.store->commit(put("after", "1")));
            expected.emplace("after", "1");
            CHECK(faulty.products() == expected);

            faulty.reopen();
            CHECK(faulty.products() == expected);
        }
    }
}

TEST_CASE("ENOSPC in a later piece of a large record is no less a batch that isn't there", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    faulty.disk->arm({.operation = Operation::append, .name_has = ".log", .spared = 1, .error = Error::no_space});
    CHECK(faulty.store->commit(put("lost", random_bytes(5'000'000))).error() == Errc::store_full);
    REQUIRE(faulty.disk->strikes() == 1);
    CHECK(faulty.store->recover().writable);
    faulty.reopen();
    CHECK(faulty.products() == Entries{{"before", "1"}});
}

TEST_CASE("a torn record is dropped when the process ends before it recovered", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    faulty.disk->arm({.operation = Operation::append, .name_has = ".log", .error = Error::no_space});
    CHECK(faulty.store->commit(put("lost", "1")).error() == Errc::store_full);
    faulty.reopen();
    CHECK(faulty.products() == Entries{{"before", "1"}});
    CHECK(faulty.store->commit(put("after", "1")));
}

TEST_CASE("opening anew waits for snapshots, which stay readable meanwhile", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    auto snapshot = faulty.store->snapshot();
    faulty.disk->arm({.operation = Operation::append, .name_has = ".log", .error = Error::no_space});
    CHECK(faulty.store->commit(put("lost", "1")).error() == Errc::store_full);

    const auto waiting = faulty.store->recover();
    CHECK_FALSE(waiting.writable);
    CHECK_THAT(waiting.reason, Catch::Contains("waiting for readers"));
    CHECK(snapshot->get(Family::products, "before").value() == "1");
    snapshot.reset();
    CHECK(faulty.store->recover().writable);
    CHECK(faulty.store->commit(put("after", "1")));
}

TEST_CASE("a disk that is still full at the recovery leaves the store waiting, not lost", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    faulty.disk->arm({.operation = Operation::append, .name_has = "", .error = Error::no_space, .once = false});
    CHECK(faulty.store->commit(put("lost", "1")).error() == Errc::store_full);
    CHECK_FALSE(faulty.store->recover().writable);
    CHECK_FALSE(faulty.store->recover().writable);
    CHECK(faulty.store->commit(put("refused", "1")).error() == Errc::store_full);
    CHECK(faulty.store->get(Family::products, "before").error() == Errc::store_failed);
    CHECK(faulty.store->snapshot()->get(Family::products, "before").error() == Errc::store_failed);

    faulty.disk->heal();
    CHECK(faulty.store->recover().writable);
    CHECK(faulty.products() == Entries{{"before", "1"}});
    CHECK(faulty.store->commit(put("after", "1")));
}

TEST_CASE("ENOSPC in a flush stops commits, keeps what was committed and ends when there is room", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    faulty.disk->arm({.operation = Operation::append, .name_has = ".sst", .error = Error::no_space});
    CHECK(faulty.store->checkpoint(faulty.directory / "copy").error() == Errc::store_full);
    CHECK_FALSE(std::filesystem::exists(faulty.directory / "copy"));
    CHECK(faulty.store->commit(put("refused", "1")).error() == Errc::store_full);

    CHECK(faulty.store->recover().writable);
    CHECK(faulty.store->commit(put("after", "1")));
    CHECK(faulty.products() == Entries{{"after", "1"}, {"before", "1"}});
}

TEST_CASE("a disk that is full again while a compaction is due keeps nobody waiting for ever", "[store][faults]") {
    FaultyStore faulty;
    const auto flush = [&](const std::string& name) {
        CHECK(faulty.store->commit(put(name, random_bytes(1'000))));
        return faulty.store->checkpoint(faulty.directory / name);
    };
    for (const auto* name : {"a", "b", "c"}) CHECK(flush(name));
    faulty.disk->arm({.operation = Operation::create, .name_has = ".sst", .spared = 1, .once = false});
    while (flush("d" + std::to_string(faulty.products().size()))) {
    }
    CHECK_FALSE(faulty.store->recover().writable);
    faulty.disk->heal();
    CHECK(faulty.store->recover().writable);
    CHECK(faulty.store->commit(put("after", "1")));
}

TEST_CASE("ENOSPC while a new log is made is a full store that comes back", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    faulty.disk->arm({.operation = Operation::create, .name_has = ".log", .error = Error::no_space});
    CHECK(faulty.store->checkpoint(faulty.directory / "copy").error() == Errc::store_full);
    REQUIRE(faulty.disk->strikes() == 1);
    CHECK(faulty.store->recover().writable);
    CHECK(faulty.store->commit(put("after", "1")));
    faulty.reopen();
    CHECK(faulty.products() == Entries{{"after", "1"}, {"before", "1"}});
}

TEST_CASE("ENOSPC in the MANIFEST is a full store that comes back with all that was committed", "[store][faults]") {
    for (const auto operation : {Operation::append, Operation::sync}) {
        FaultyStore faulty;
        CHECK(faulty.store->commit(put("before", "1")));
        faulty.disk->arm({.operation = operation, .name_has = "MANIFEST", .error = Error::no_space});
        CHECK(faulty.store->checkpoint(faulty.directory / "copy").error() == Errc::store_full);
        REQUIRE(faulty.disk->strikes() == 1);
        CHECK(faulty.store->recover().writable);
        CHECK(faulty.store->commit(put("after", "1")));
        faulty.reopen();
        CHECK(faulty.products() == Entries{{"after", "1"}, {"before", "1"}});
    }
}

TEST_CASE("a failed fsync leaves the outcome unknown, whatever its error, and the store takes nothing more",
          "[store][faults]") {
    for (const auto error : {Error::io, Error::no_space}) {
        for (const std::string file : {".log", "rocksdb"}) {
            CAPTURE(static_cast<int>(error), file);
            FaultyStore faulty;
            faulty.disk->arm({.operation = Operation::sync, .name_has = file, .error = error});
            CHECK(faulty.store->commit(put("unknown", "1")).error() == Errc::store_failed);
            REQUIRE(faulty.disk->strikes() == 1);
            CHECK(faulty.store->commit(put("refused", "1")).error() == Errc::store_failed);
            const auto health = faulty.store->recover();
            CHECK_FALSE(health.writable);
            CHECK_THAT(health.reason, Catch::Contains("injected"));

            faulty.reopen();
            CHECK(faulty.products().count("refused") == 0);
            CHECK(faulty.store->commit(put("after", "1")));
        }
    }
}

TEST_CASE("an I/O error while the log is written is no full disk", "[store][faults]") {
    FaultyStore faulty;
    faulty.disk->arm({.operation = Operation::append, .name_has = ".log", .error = Error::io});
    CHECK(faulty.store->commit(put("unknown", "1")).error() == Errc::store_failed);
    CHECK_FALSE(faulty.store->recover().writable);
}

TEST_CASE("below the free-space floor commits are refused before the disk is touched, and above it they go on",
          "[store][faults]") {
    const TemporaryDirectory directory;
    const auto disk = std::make_shared<FaultyFileSystem>();
    auto settings = settings_in(directory.path());
    settings.file_system = disk;
    settings.free_space_floor = 1'000'000;
    SeededRandom random;
    disk->set_free_bytes(999'999);
    const auto store = open_rocks_store(settings, random);

    disk->arm({.operation = Operation::append, .name_has = ".log", .error = Error::io});
    CHECK(store->commit(put("refused", "1")).error() == Errc::store_full);
    const auto health = store->recover();
    CHECK_FALSE(health.writable);
    CHECK(health.reason == "the disk of DATA_DIR has 999999 bytes free, 1000000 are needed");
    CHECK(disk->strikes() == 0);

    disk->heal();
    disk->set_free_bytes(1'000'000);
    CHECK(store->recover().writable);
    CHECK(store->commit(put("after", "1")));
}

TEST_CASE("RocksDB keeps no log file, which a full disk would make fatal; its warnings are in ours",
          "[store][faults]") {
    const TemporaryDirectory directory;
    RecordingLog log;
    auto settings = settings_in(directory.path());
    settings.log = &log;
    settings.file_system = std::make_shared<FaultyFileSystem>();
    auto& disk = static_cast<FaultyFileSystem&>(*settings.file_system);
    SeededRandom random;
    const auto store = open_rocks_store(settings, random);
    CHECK(store->commit(put("before", "1")));
    CHECK(log.lines().empty());

    disk.arm({.operation = Operation::append, .name_has = ".sst", .error = Error::no_space});
    CHECK(store->checkpoint(directory / "copy").error() == Errc::store_full);
    CHECK(log.count("RocksDB: ") > 0);
    for (const auto& line : log.lines()) {
        CHECK(line.level == LogLevel::warning);
        CHECK(line.english.back() != '\n');
    }
    for (const auto& entry : std::filesystem::directory_iterator{directory / "rocksdb"})
        CHECK_THAT(entry.path().filename().string(), !Catch::StartsWith("LOG"));
}

TEST_CASE("a real full disk refuses commits and keeps the store; room brings it back", "[store][faults][tmpfs]") {
    const TemporaryDirectory directory;
    const auto mount = directory / "small";
    std::filesystem::create_directory(mount);
    // Full in the midst of a log, of a flush, of what is written in between.
    for (const std::size_t value_bytes : {260'000, 200'000, 150'000, 90'000, 40'000}) {
        CAPTURE(value_bytes);
        if (::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=24m,mode=0700") != 0) {
            WARN("skipped: no small tmpfs can be mounted here (" << std::strerror(errno)
                                                                 << "); the injected faults above stand in");
            return;
        }
        const auto ballast = mount + "/ballast";
        std::ofstream{ballast, std::ios::binary} << random_bytes(13u << 20);
        {
            auto store = open_in(mount + "/data");
            const auto value = random_bytes(value_bytes);
            std::size_t committed = 0;
            Result<void> outcome;
            while (committed < 1'000 && (outcome = store->commit(put(std::to_string(committed), value)))) ++committed;
            CHECK(outcome.error() == Errc::store_full);
            CHECK(committed > 10);

            std::filesystem::remove(ballast);
            CHECK(store->recover().writable);
            CHECK(store->commit(put("after", "1")));
            CHECK(entries_of(*store, Family::products).size() == committed + 1);
            store.reset();
            CHECK(entries_of(*open_in(mount + "/data"), Family::products).size() == committed + 1);
        }
        CHECK(::umount(mount.c_str()) == 0);
    }
}
