#include "stockcast/store/keys.hpp"

#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

bool is_in(const std::string& key, const KeyRange& range) {
    return key >= range.from && (range.to.empty() || key < range.to);
}

const std::string code_with_zero{"A\0B", 3};

}  // namespace

TEST_CASE("numbers in keys sort as numbers, not as digits", "[store][keys]") {
    const std::vector<Seq> ascending{0, 1, 9, 10, 255, 256, 65'535, 65'536, Seq{1} << 40, ~Seq{0}};
    for (std::size_t i = 1; i < ascending.size(); ++i) {
        CHECK(keys::change(ascending[i - 1]) < keys::change(ascending[i]));
        CHECK(keys::product_change("main", product_id(1), ascending[i - 1]) <
              keys::product_change("main", product_id(1), ascending[i]));
    }
    for (const auto seq : ascending) CHECK(keys::seq_of(keys::change(seq)).value() == seq);
}

TEST_CASE("what a key was made of can be read back", "[store][keys]") {
    CHECK(keys::product_id_of(keys::product("main", product_id(7))).value() == product_id(7));
    CHECK(keys::log_id_of(keys::log("main", log_id(7))).value() == log_id(7));
    CHECK(keys::company_of(keys::log("main", log_id(7))).value() == "main");
    CHECK(keys::pending_product_of(keys::pending_read("main", product_id(7))).value() == product_id(7));

    const auto change = keys::product_change_of(keys::product_change("main", product_id(7), 41)).value();
    CHECK(change.id == product_id(7));
    CHECK(change.seq == 41);

    for (const std::string& code : {std::string{}, std::string{"PROD001"}, code_with_zero, std::string(3, '\0')}) {
        const auto read = keys::product_code_of(keys::product_code("main", code, product_id(7))).value();
        CHECK(read.code == code);
        CHECK(read.id == product_id(7));
    }
}

TEST_CASE("bytes that are no key of that kind are damage", "[store][keys]") {
    CHECK(keys::seq_of("short").error() == Errc::store_damaged);
    CHECK(keys::product_id_of("main").error() == Errc::store_damaged);
    CHECK(keys::product_id_of(keys::product("main", product_id(1)) + 'x').error() == Errc::store_damaged);
    CHECK(keys::log_id_of(std::string{"\0", 1} + std::string(16, 'x')).error() == Errc::store_damaged);
    CHECK(keys::product_code_of(std::string{"main\0A\0\2", 8} + std::string(16, 'x')).error() == Errc::store_damaged);
    CHECK(keys::product_code_of(keys::product_code("main", "A", product_id(1)) + 'x').error() == Errc::store_damaged);
    CHECK(keys::pending_product_of("pending/main/none").error() == Errc::store_damaged);
}

TEST_CASE("a company's range holds its own keys and no one else's", "[store][keys]") {
    const auto range = keys::company_range("main");
    CHECK(is_in(keys::product("main", ProductId{}), range));
    CHECK(is_in(keys::product("main", product_id(1)), range));
    CHECK(is_in(keys::subscription("main", std::string(3, '\xff')), range));
    for (const auto* other : {"mai", "main-2", "main2", "maio", "n"})
        CHECK_FALSE(is_in(keys::product(other, product_id(1)), range));
}

TEST_CASE("a code's range holds the products of exactly that code", "[store][keys]") {
    const auto range = keys::product_code_range("main", "A");
    CHECK(is_in(keys::product_code("main", "A", ProductId{}), range));
    CHECK(is_in(keys::product_code("main", "A", product_id(2)), range));
    for (const std::string& other :
         {std::string{}, std::string{"AA"}, std::string{"B"}, code_with_zero, std::string{"A\0", 2}}) {
        CHECK_FALSE(is_in(keys::product_code("main", other, product_id(2)), range));
    }
}

TEST_CASE("codes keep their bytewise order in keys", "[store][keys]") {
    const std::vector<std::string> ascending{"",  "A",       std::string{"A\0", 2}, code_with_zero, "A1", "AA",
                                             "B", "\xc3\x91"};
    for (std::size_t i = 1; i < ascending.size(); ++i) {
        CHECK(keys::product_code("main", ascending[i - 1], product_id(9)) <
              keys::product_code("main", ascending[i], product_id(1)));
    }
}

TEST_CASE("a product's changes stand together, and log entries by time", "[store][keys]") {
    const auto range = keys::product_change_range("main", product_id(1));
    CHECK(is_in(keys::product_change("main", product_id(1), 0), range));
    CHECK(is_in(keys::product_change("main", product_id(1), ~Seq{0}), range));
    CHECK_FALSE(is_in(keys::product_change("main", product_id(2), 1), range));

    const auto morning = LogId::first_at(at("10:30"));
    const auto noon = LogId::first_at(at("12:00"));
    CHECK(keys::log("main", morning) < keys::log("main", noon));
}

TEST_CASE("a prefix range ends where the prefix does, also past the largest byte", "[store][keys]") {
    CHECK(keys::prefix_range("ab").to == "ac");
    CHECK(keys::prefix_range("a\xff").to == "b");
    CHECK(keys::prefix_range("\xff\xff").to.empty());
    CHECK(keys::prefix_range("").to.empty());
}

TEST_CASE("names of families are their enumerators'", "[store][keys]") {
    CHECK(to_string(Family::products) == "products");
    CHECK(to_string(Family::meta) == "meta");
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto family = static_cast<Family>(i);
        CHECK(family_from(to_string(family)) == family);
    }
    CHECK_FALSE(family_from("default"));
}
