#include "stockcast/http/limits.hpp"

#include "http/rate_limiter.hpp"
#include "support/manual_clock.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace stockcast;
using namespace std::chrono_literals;

TEST_CASE("a rate limit is a count and a unit, or 0", "[http][limits]") {
    CHECK(RateLimit::parse("200/s")->per_second == 200);
    CHECK(RateLimit::parse("30/m")->per_second == 0.5);
    CHECK(RateLimit::parse("0")->per_second == 0);
    const char* bad =
        GENERATE("", "200", "/s", "-1/s", "1.5/s", "200/h", "200 /s", "2000000/s", "99999999999999999999/s");
    CAPTURE(bad);
    CHECK_FALSE(RateLimit::parse(bad));
}

TEST_CASE("a key may burst twice its rate, then goes on at its rate", "[http][limits]") {
    const test::ManualClock clock;
    RateLimiter limiter{{5}};
    for (int i = 0; i < 10; ++i) CHECK_FALSE(limiter.charge("a", clock.now()));
    const auto wait = limiter.charge("a", clock.now());
    REQUIRE(wait);
    CHECK(*wait == 1s);
    CHECK_FALSE(limiter.charge("b", clock.now()));
    CHECK_FALSE(limiter.charge("a", clock.now() + 200ms));
    CHECK(limiter.charge("a", clock.now() + 210ms));
}

TEST_CASE("a limit below one a second says how long to wait", "[http][limits]") {
    const test::ManualClock clock;
    RateLimiter limiter{{0.1}};
    CHECK_FALSE(limiter.charge("a", clock.now()));
    const auto wait = limiter.charge("a", clock.now());
    REQUIRE(wait);
    CHECK(*wait == 10s);
    CHECK_FALSE(limiter.charge("a", clock.now() + 10s));
}

TEST_CASE("a flood of addresses neither grows the limiter nor frees the one in use", "[http][limits]") {
    const test::ManualClock clock;
    RateLimiter limiter{{0.001}};
    REQUIRE_FALSE(limiter.charge("busy", clock.now()));
    bool freed = false;
    for (std::size_t i = 0; i < 1'000'000; ++i) {
        REQUIRE_FALSE(limiter.charge(std::to_string(i), clock.now()));
        if (i % 1'000 == 0) freed = freed || !limiter.charge("busy", clock.now());
    }
    CHECK_FALSE(freed);
    CHECK(limiter.keys() <= RateLimiter::keys_max);
}

TEST_CASE("one customer's IPv6 addresses share a bucket", "[http][limits]") {
    CHECK(limiter_key("2001:db8:1:2::1") == limiter_key("2001:db8:1:2:ffff::9"));
    CHECK(limiter_key("2001:db8:1:2::1") != limiter_key("2001:db8:1:3::1"));
    CHECK(limiter_key("192.0.2.1") != limiter_key("192.0.2.2"));
    CHECK(limiter_key("::ffff:192.0.2.1") != limiter_key("::ffff:192.0.2.2"));
}

TEST_CASE("X-Forwarded-For is believed as far as trusted proxies wrote it", "[http][limits]") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "192.0.2.1", "2001:db8::/32"});
    REQUIRE(proxies);
    struct Row {
        const char* peer;
        const char* forwarded;
        const char* client;
    };
    const auto row = GENERATE(values<Row>({
        {"203.0.113.7", "198.51.100.1", "203.0.113.7"},
        {"10.1.2.3", "", "10.1.2.3"},
        {"10.1.2.3", "198.51.100.1", "198.51.100.1"},
        {"10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
        {"10.1.2.3", "198.51.100.1, 192.0.2.1", "198.51.100.1"},
        {"::ffff:10.1.2.3", "198.51.100.1,10.9.9.9", "198.51.100.1"},
        {"2001:db8::5", "2001:db9::1", "2001:db9::1"},
        {"10.1.2.3", "1.1.1.1, unknown", "10.1.2.3"},
        {"192.0.2.2", "1.1.1.1", "192.0.2.2"},
        {"10.1.2.3", "1.1.1.1, 198.51.100.4:5123", "198.51.100.4"},
        {"10.1.2.3", "[2001:db9::1]:443", "2001:db9::1"},
        {"10.1.2.3", "2001:0DB9:0::1", "2001:db9::1"},
        {"10.1.2.3", "::ffff:198.51.100.4", "198.51.100.4"},
        {"10.1.2.3", "1.1.1.1,, 10.0.0.9", "10.0.0.9"},
        {"10.1.2.3", "198.51.100.4:5123:9", "10.1.2.3"},
        {"10.1.2.3", "[2001:db9::1", "10.1.2.3"},
        {"10.1.2.3", "for=198.51.100.4", "10.1.2.3"},
        {"10.1.2.3", "10.0.0.8, 10.0.0.9", "10.0.0.8"},
    }));
    CAPTURE(row.peer, row.forwarded);
    HttpFields fields;
    if (*row.forwarded != '\0') fields.add("X-Forwarded-For", row.forwarded);
    CHECK(proxies->client(row.peer, fields) == row.client);
}

TEST_CASE("several X-Forwarded-For fields count as one, in their order", "[http][limits]") {
    const auto proxies = TrustedProxies::parse({"10.0.0.0/8"});
    HttpFields fields;
    fields.add("x-forwarded-for", "6.6.6.6");  // what the client made up
    fields.add("Accept", "*/*");
    fields.add("X-Forwarded-For", "198.51.100.1");
    fields.add("X-FORWARDED-FOR", "10.0.0.2");
    CHECK(proxies->client("10.0.0.1", fields) == "198.51.100.1");
}

TEST_CASE("whether the client spoke TLS only a trusted proxy may say", "[http][limits]") {
    const auto proxies = TrustedProxies::parse({"10.0.0.1"});
    const auto is_secure = [&](std::string peer, std::vector<std::string> said, bool tls = false) {
        HttpRequest head;
        head.peer = std::move(peer);
        head.secure = tls;
        for (auto& value : said) head.fields.add("X-Forwarded-Proto", std::move(value));
        return proxies->is_secure(head);
    };
    CHECK(is_secure("203.0.113.7", {}, true));
    CHECK(is_secure("10.0.0.1", {"https"}));
    CHECK(is_secure("10.0.0.1", {"HTTPS"}));
    CHECK_FALSE(is_secure("10.0.0.1", {"http"}));
    CHECK_FALSE(is_secure("10.0.0.1", {}));
    CHECK_FALSE(is_secure("10.0.0.1", {"https", "http"}));
    CHECK_FALSE(is_secure("203.0.113.7", {"https"}));
}

TEST_CASE("what is no address or network is refused", "[http][limits]") {
    const char* bad = GENERATE("", "localhost", "10.0.0.0/33", "10.0.0/8", "2001:db8::/129", "10.0.0.1:80");
    CAPTURE(bad);
    CHECK_FALSE(TrustedProxies::parse({bad}));
}
