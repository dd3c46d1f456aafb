// What a disk can do to a commit, and that the answer says no more than is true.
#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <rocksdb/db.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace stockcast;
using namespace stockcast::test;
using Operation = FaultyFileSystem::Operation;
using Error = FaultyFileSystem::Error;
using Entries = std::map<std::string, std::string>;

namespace {

Batch put(std::string key, std::string value) {
    return batch_of(Family::products, std::move(key), std::move(value));
}

std::string random_bytes(std::size_t size) {
    SeededRandom random;
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span{bytes}));
    return bytes;
}

/// The newest file of the database whose name ends so.
std::string newest_file(const std::string& data, const std::string& ends) {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator{data + "/rocksdb"}) {
        const auto name = entry.path().string();
        if (name.ends_with(ends) && std::filesystem::file_size(entry) > 0 && name > newest) newest = name;
    }
    REQUIRE_FALSE(newest.empty());
    return newest;
}

void flip_bit(const std::string& path, std::size_t offset) {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    file.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(byte);
    REQUIRE(file.good());
}

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

}  // namespace

TEST_CASE(
    "ENOSPC while the log is written: nothing of the batch is there, now or later, and the store comes back by itself",
    "[store][faults]") {
    // With and without something unflushed: RocksDB's own Resume behaves differently in the two.
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

TEST_CASE("ENOSPC in a flush stops commits, keeps what was committed and is resumed", "[store][faults]") {
    FaultyStore faulty;
    CHECK(faulty.store->commit(put("before", "1")));
    faulty.disk->arm({.operation = Operation::append, .name_has = ".sst", .error = Error::no_space});
    CHECK(faulty.store->checkpoint(faulty.directory / "copy").error() == Errc::store_full);
    CHECK_FALSE(std::filesystem::exists(faulty.directory / "copy"));
    CHECK(faulty.store->commit(put("refused", "1")).error() == Errc::store_full);

    const auto reader = faulty.store->snapshot();  // resuming needs no reader to end
    CHECK(faulty.store->recover().writable);
    CHECK(faulty.store->commit(put("after", "1")));
    CHECK(faulty.products() == Entries{{"after", "1"}, {"before", "1"}});
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

TEST_CASE("a real full disk refuses commits and keeps the store; room brings it back", "[store][faults][tmpfs]") {
    const TemporaryDirectory directory;
    const auto mount = directory / "small";
    std::filesystem::create_directory(mount);
    if (::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=24m,mode=0700") != 0) {
        WARN("skipped: no small tmpfs can be mounted here (" << std::strerror(errno)
                                                             << "); the injected faults above stand in");
        return;
    }
    const auto ballast = mount + "/ballast";
    std::ofstream{ballast, std::ios::binary} << random_bytes(12u << 20);
    {
        auto store = open_in(mount + "/data");
        const auto value = random_bytes(200'000);
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

TEST_CASE("after kill -9 in the middle of commits the store opens by itself with all that was acknowledged",
          "[store][faults]") {
    const TemporaryDirectory directory;
    for (int round = 0; round < 3; ++round) {
        int acknowledgements[2];
        REQUIRE(::pipe(acknowledgements) == 0);
        const auto child = ::fork();
        if (child == 0) {
            const auto store = open_in(directory.path());
            for (unsigned n = 0;; ++n) {
                if (!store->commit(put(std::to_string(round) + '/' + std::to_string(n), std::string(2'000, 'x'))))
                    ::_exit(1);
                if (::write(acknowledgements[1], &n, sizeof n) != sizeof n) ::_exit(1);
            }
        }
        ::close(acknowledgements[1]);
        unsigned last = 0;
        while (last < 40 && ::read(acknowledgements[0], &last, sizeof last) == sizeof last) {
        }
        REQUIRE(::kill(child, SIGKILL) == 0);
        REQUIRE(::waitpid(child, nullptr, 0) == child);
        while (::read(acknowledgements[0], &last, sizeof last) == sizeof last) {
        }
        ::close(acknowledgements[0]);

        const auto entries = entries_of(*open_in(directory.path()), Family::products);
        for (unsigned n = 0; n <= last; ++n) CHECK(entries.count(std::to_string(round) + '/' + std::to_string(n)) == 1);
    }
}

TEST_CASE("a log cut short within its last record loses that one alone", "[store][faults]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_in(directory.path());
        CHECK(store->commit(put("a", std::string(1'000, 'x'))));
        CHECK(store->commit(put("b", std::string(1'000, 'x'))));
    }
    const auto log = newest_file(directory.path(), ".log");
    std::filesystem::resize_file(log, std::filesystem::file_size(log) - 100);
    const auto entries = entries_of(*open_in(directory.path()), Family::products);
    CHECK(entries.count("a") == 1);
    CHECK(entries.count("b") == 0);
}

TEST_CASE("a flipped bit in the log is refused with the ways out", "[store][faults]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_in(directory.path());
        for (const auto* key : {"a", "b", "c"}) CHECK(store->commit(put(key, std::string(1'000, 'x'))));
    }
    flip_bit(newest_file(directory.path(), ".log"), 1'500);
    const auto refused = refusal_of(settings_in(directory.path()));
    REQUIRE(refused);
    CHECK(refused->reason() == StoreRefused::Reason::damaged);
    CHECK_THAT(refused->what(), Catch::Contains("restore a backup") && Catch::Contains("new epoch"));
    CHECK_THAT(refused->spanish(), Catch::Contains("restaurar una copia") && Catch::Contains("época nueva"));
}

TEST_CASE("a flipped bit in a table file is noticed by the read that meets it", "[store][faults]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_in(directory.path());
        CHECK(store->commit(put("a", random_bytes(1'000))));
        CHECK(store->commit(batch_of(Family::changes, "a", "1")));
        CHECK(store->checkpoint(directory / "copy"));
    }
    // The products' table is the largest; its first block holds the value.
    std::string table;
    for (const auto& entry : std::filesystem::directory_iterator{directory / "rocksdb"}) {
        const auto name = entry.path().string();
        if (name.ends_with(".sst") &&
            (table.empty() || std::filesystem::file_size(entry) > std::filesystem::file_size(table))) {
            table = name;
        }
    }
    flip_bit(table, 500);
    const auto store = open_in(directory.path());
    CHECK(store->get(Family::products, "a").error() == Errc::store_damaged);
    CHECK(store->get_many(Family::products, {"a"}).error() == Errc::store_damaged);
    for (const auto direction : {Direction::ascending, Direction::descending}) {
        const auto scanned = store->snapshot()->scan(Family::products, {}, direction, [](auto, auto) { return true; });
        REQUIRE_FALSE(scanned);
        CHECK(scanned.error() == Errc::store_damaged);
    }
    CHECK(store->get(Family::changes, "a").value() == "1");
}

TEST_CASE("a lost table file is refused as damage", "[store][faults]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_in(directory.path());
        CHECK(store->commit(put("a", "1")));
        CHECK(store->checkpoint(directory / "copy"));
    }
    std::filesystem::remove(newest_file(directory.path(), ".sst"));
    const auto refused = refusal_of(settings_in(directory.path()));
    REQUIRE(refused);
    CHECK(refused->reason() == StoreRefused::Reason::damaged);
}
