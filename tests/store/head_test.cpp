// The second place that knows how far the log must reach: what it notices, and what it must not take for a loss.
#include "store/database_files.hpp"
#include "store/faulty_store.hpp"
#include "support/recording_log.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/offline.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>
#include <rocksdb/db.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t page_bytes = 4096;

/// Of its own at each opening, as a machine's is: epochs are drawn from it.
SeededRandom next_random() {
    static std::uint64_t seed = 0;
    return SeededRandom{++seed};
}

/// A store whose log holds a batch for each of "a", "b", …, with the state of its files before each.
class Batches {
public:
    explicit Batches(int count) {
        auto random = next_random();
        const auto store = open_rocks_store(settings_in(data()), random);
        for (int n = 0; n < count; ++n) {
            fs::copy_file(data() + "/head", head_before(n));
            log_before_.push_back(fs::file_size(log()));
            if (!store->commit(put(std::string(1, static_cast<char>('a' + n)), std::string(1'000, 'x'))))
                throw std::runtime_error{"commit"};
        }
    }

    std::string data() const { return directory_ / "data"; }
    std::string head() const { return data() + "/head"; }
    std::string head_before(int n) const { return directory_ / ("head" + std::to_string(n)); }
    /// The log grows from there on with batch `n`.
    std::uintmax_t log_before(int n) const { return log_before_.at(static_cast<std::size_t>(n)); }
    std::string log() const { return newest_file(data(), ".log", 0); }

    void cut_log(std::uintmax_t length) const { fs::resize_file(log(), length); }
    void put_head_back(int n) const { fs::copy_file(head_before(n), head(), fs::copy_options::overwrite_existing); }

private:
    TemporaryDirectory directory_;
    std::vector<std::uintmax_t> log_before_;
};

struct Opened {
    std::string products;
    std::string epoch;
    bool is_told = false;  ///< that nobody knows whether it is whole
    bool is_cut = false;   ///< that a torn record was left out
};

Opened opened(const std::string& data) {
    RecordingLog log;
    auto settings = settings_in(data);
    settings.log = &log;
    auto random = next_random();
    const auto store = open_rocks_store(settings, random);
    Opened found;
    for (const auto& [key, value] : entries_of(*store, Family::products)) found.products += key;
    found.epoch = records::decode_text(store->get(Family::meta, keys::epoch).value().value()).value();
    found.is_told = log.has("It goes on under a new epoch");
    found.is_cut = log.has("was torn by a crash");
    return found;
}

void check_refused(const Batches& store, const std::string& why) {
    const auto refused = refusal_of(settings_in(store.data()));
    REQUIRE(refused);
    CHECK(refused->reason() == StoreRefused::Reason::damaged);
    CHECK_THAT(refused->what(),
               Catch::Contains(why) && Catch::Contains("stockcast restore") && Catch::Contains("stockcast rebuild"));
    CHECK_THAT(refused->spanish(), Catch::Contains("stockcast restore") && Catch::Contains("stockcast rebuild"));
}

}  // namespace

TEST_CASE("a log that ends before what was acknowledged is refused, and stays as it is", "[store][head]") {
    const Batches store{3};
    const auto length = GENERATE_REF(store.log_before(2),        // a record's end: RocksDB takes it for whole
                                     store.log_before(2) + 100,  // within the record
                                     store.log_before(0));
    store.cut_log(length);
    for (int starts = 0; starts < 2; ++starts) {
        check_refused(store, "what was acknowledged last is missing");
        CHECK(fs::file_size(store.log()) == length);
    }
    SeededRandom random;
    CHECK_THROWS_AS((OfflineStore{store.data(), random}), StoreRefused);
}

TEST_CASE("a lost log is refused", "[store][head]") {
    const Batches store{2};
    fs::remove(store.log());
    const auto refused = refusal_of(settings_in(store.data()));
    REQUIRE(refused);
    CHECK(refused->reason() == StoreRefused::Reason::damaged);
}

TEST_CASE("a batch that had begun may be missing, in whole or in part", "[store][head]") {
    const Batches store{3};
    store.put_head_back(2);  // of "c" it knows nothing: the machine stopped while it was written
    SECTION("cut off") {
        store.cut_log(store.log_before(2));
    }
    SECTION("torn") {
        store.cut_log(store.log_before(2) + 100);
    }
    const auto found = opened(store.data());
    CHECK(found.products == "ab");
    CHECK_FALSE(found.is_told);
    CHECK(opened(store.data()).epoch == found.epoch);
}

TEST_CASE("a batch that had begun may be there though its page is not", "[store][head]") {
    const Batches store{3};
    store.put_head_back(2);
    const auto found = opened(store.data());
    CHECK(found.products == "abc");
    CHECK_FALSE(found.is_told);
}

TEST_CASE("a torn record that RocksDB takes for damage is left out where nobody was told of it", "[store][head]") {
    const Batches store{3};
    flip_bit(store.log(), store.log_before(2) + 500);
    SECTION("nobody was") {
        store.put_head_back(2);
        const auto found = opened(store.data());
        CHECK(found.products == "ab");
        CHECK(found.is_cut);
        CHECK_FALSE(found.is_told);
        CHECK_FALSE(opened(store.data()).is_cut);
    }
    SECTION("somebody was") {
        check_refused(store, "orrupt");
    }
}

TEST_CASE("a damaged record with acknowledged ones behind it is refused", "[store][head]") {
    const Batches store{3};
    flip_bit(store.log(), store.log_before(1) + 500);
    store.put_head_back(2);
    check_refused(store, "orrupt");
}

TEST_CASE("any one page of the head may be unreadable", "[store][head]") {
    const Batches store{3};
    const auto before = opened(store.data()).epoch;
    const auto page = GENERATE(0, 1, 2);
    flip_bit(store.head(), page * page_bytes + 10);
    const auto found = opened(store.data());
    CHECK(found.products == "abc");
    CHECK(found.epoch == before);
    CHECK_FALSE(found.is_told);
}

TEST_CASE("a store goes on under a new epoch where its head is gone, damaged, too old or another's", "[store][head]") {
    const Batches store{3};
    const auto before = opened(store.data()).epoch;
    SECTION("gone") {
        fs::remove(store.head());
    }
    SECTION("damaged") {
        for (std::size_t page = 0; page < 3; ++page) flip_bit(store.head(), page * page_bytes + 10);
    }
    SECTION("cut short") {
        fs::resize_file(store.head(), 100);
    }
    SECTION("too old") {
        store.put_head_back(1);
    }
    SECTION("another's") {
        const Batches other{3};
        fs::copy_file(other.head(), store.head(), fs::copy_options::overwrite_existing);
    }
    const auto found = opened(store.data());
    CHECK(found.products == "abc");
    CHECK(found.epoch != before);
    CHECK(found.is_told);
    const auto later = opened(store.data());
    CHECK(later.epoch == found.epoch);
    CHECK_FALSE(later.is_told);
}

TEST_CASE("a store of a version without a head gets one, and keeps its epoch", "[store][head]") {
    const TemporaryDirectory directory;
    const auto epoch = opened(directory.path()).epoch;  // no batch yet: as such a version leaves it
    fs::remove(directory / "head");
    const auto found = opened(directory.path());
    CHECK(found.epoch == epoch);
    CHECK_FALSE(found.is_told);
    CHECK(fs::exists(directory / "head"));
}

TEST_CASE("a head without its database is refused", "[store][head]") {
    const Batches store{1};
    fs::remove_all(store.data() + "/rocksdb");
    check_refused(store, "rocksdb/ is missing");
}

TEST_CASE("a batch whose beginning can't be noted is not written", "[store][head]") {
    FaultyStore faulty;
    REQUIRE(faulty.store->commit(put("a", "1")));
    SECTION("the disk is full") {
        faulty.disk->arm({.operation = FaultyFileSystem::Operation::append, .name_has = "head"});
        CHECK(faulty.store->commit(put("b", "1")).error() == Errc::store_full);
        CHECK(faulty.store->recover().writable);
        CHECK(faulty.store->commit(put("c", "1")));
    }
    SECTION("the disk fails") {
        faulty.disk->arm({.operation = FaultyFileSystem::Operation::append,
                          .name_has = "head",
                          .error = FaultyFileSystem::Error::short_write});
        CHECK(faulty.store->commit(put("b", "1")).error() == Errc::store_failed);
        CHECK(faulty.store->commit(put("c", "1")).error() == Errc::store_failed);
        faulty.reopen();
        CHECK(faulty.store->commit(put("c", "1")));
    }
    faulty.reopen();
    CHECK(faulty.products() == Entries{{"a", "1"}, {"c", "1"}});
}
