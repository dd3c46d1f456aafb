#include "siigo/token_keeper.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;

namespace {

const Steady t0{1000h};
// {"alg":"none"} . {"cloud_tenant_company_key":"AlmacénSAS","exp":1} . x
const std::string jwt = "eyJhbGciOiJub25lIn0.eyJjbG91ZF90ZW5hbnRfY29tcGFueV9rZXkiOiJBbG1hY8OpblNBUyIsImV4cCI6MX0.x";

Result<TokenAnswer> read(const std::string& body) {
    const auto json = parse_json(body);
    REQUIRE(json);
    return read_token(*json);
}

TokenKeeper keeper_with(std::chrono::seconds life) {
    TokenKeeper keeper;
    keeper.keep({.token = "t", .life = life, .company_key = "acme"}, t0);
    return keeper;
}

}  // namespace

TEST_CASE("the token's life is seconds, whatever the documents say, and never above a day", "[siigo]") {
    struct Row {
        const char* expires_in;
        std::chrono::seconds life;
    };
    const Row rows[] = {{"86400", 24h}, {"86400000", 24h}, {"\"3600\"", 1h}, {"59.9", 59s}, {"0", 1s},
                        {"-7", 1s},     {"null", 1h},      {"\"x\"", 1h},    {"1e15", 24h}};
    for (const auto& row : rows) {
        INFO(row.expires_in);
        const auto answer = read(R"({"access_token":"abc","expires_in":)" + std::string{row.expires_in} + "}");
        REQUIRE(answer);
        CHECK(answer->life == row.life);
    }
    CHECK(read(R"({"access_token":"abc"})")->life == 1h);
    for (const char* body : {"{}", "[]", R"({"access_token":""})", R"({"access_token":7})", R"({"access_token":"a b"})",
                             R"({"access_token":"a\r\nX: y"})"}) {
        INFO(body);
        CHECK(read(body).error() == Errc::malformed);
    }
}

TEST_CASE("the company key is read from the token's claim, where it has one", "[siigo]") {
    CHECK(company_key_of(jwt) == "AlmacénSAS");
    CHECK(read(R"({"access_token":")" + jwt + R"("})")->company_key == "AlmacénSAS");
    for (const char* other : {"", "abc", "a.b", "a.b.c", "a.!!!.c", "a.e30.c", "a..c", "a.eyJjbG91ZA.c"}) {
        INFO(other);
        CHECK(company_key_of(other).empty());
    }
}

TEST_CASE("a token is renewed at five sixths of its life and used to its end when that fails", "[siigo]") {
    using Need = TokenKeeper::Need;
    CHECK(TokenKeeper{}.need(t0) == Need::token);
    auto keeper = keeper_with(24h);
    CHECK(keeper.need(t0) == Need::nothing);
    CHECK(keeper.need(t0 + 20h - 1s) == Need::nothing);
    CHECK(keeper.need(t0 + 20h) == Need::early_renewal);
    keeper.early_renewal_failed(t0 + 20h);
    CHECK(keeper.need(t0 + 20h + 14min) == Need::nothing);
    CHECK(keeper.need(t0 + 20h + 15min) == Need::early_renewal);
    CHECK(keeper.need(t0 + 24h) == Need::token);
}

TEST_CASE("a 401 is worth another token once, but not straight after a fresh one", "[siigo]") {
    auto fresh = keeper_with(24h);
    CHECK_FALSE(fresh.refused(t0 + 1min));
    CHECK(fresh.need(t0 + 1min) == TokenKeeper::Need::token);
    CHECK(fresh.company_key() == "acme");

    auto proven = keeper_with(24h);
    proven.worked();
    CHECK(proven.refused(t0 + 1min));
    auto old = keeper_with(24h);
    CHECK(old.refused(t0 + 6min));
}
