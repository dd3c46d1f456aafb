// What a crash, a bad disk or a careless hand leaves behind, and whether the next opening notices.
#include "store/abort_notice.hpp"
#include "store/database_files.hpp"
#include "store/faulty_store.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace stockcast;
using namespace stockcast::test;

TEST_CASE("after kill -9 in the middle of commits the store opens by itself with all that was acknowledged",
          "[store][damage]") {
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

TEST_CASE("a flipped bit in the log is refused with the ways out", "[store][damage]") {
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

TEST_CASE("a flipped bit in a table file is noticed by the read that meets it", "[store][damage]") {
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

TEST_CASE("a lost table file is refused as damage", "[store][damage]") {
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

TEST_CASE("a MANIFEST cut short anywhere is refused with the ways out, or lacks nothing", "[store][damage]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_in(directory / "data");
        for (const auto* name : {"a", "b"}) {
            CHECK(store->commit(put(name, "1")));
            CHECK(store->checkpoint(directory / name));
        }
    }
    open_in(directory / "data");
    for (std::uintmax_t part = 0; part < 12; ++part) {
        const auto copy = directory / ("copy" + std::to_string(part));
        std::filesystem::copy(directory / "data", copy, std::filesystem::copy_options::recursive);
        for (const auto& entry : std::filesystem::directory_iterator{copy + "/rocksdb"}) {
            if (entry.path().filename().string().starts_with("MANIFEST-"))
                std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) * part / 12);
        }
        const auto refused = refusal_of(settings_in(copy));
        CAPTURE(part);
        if (refused)
            CHECK_THAT(refused->what(), Catch::Contains("stockcast restore") && Catch::Contains("new epoch"));
        else
            CHECK(entries_of(*open_in(copy), Family::products) == Entries{{"a", "1"}, {"b", "1"}});
    }
}

TEST_CASE("an assertion of RocksDB's ends a start with the ways out and exit 1", "[store][damage]") {
    const TemporaryDirectory directory;
    int heard[2];
    REQUIRE(::pipe(heard) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::dup2(heard[1], STDERR_FILENO);
        const AbortNotice notice{directory.path()};
        std::abort();
    }
    ::close(heard[1]);
    std::string said(4'096, '\0');
    const auto got = ::read(heard[0], said.data(), said.size());
    said.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    ::close(heard[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 1);
    CHECK_THAT(said, Catch::Contains("stockcast restore") && Catch::Contains("época nueva"));
}
