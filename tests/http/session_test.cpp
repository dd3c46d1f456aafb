#include "http/session.hpp"

#include "http/stream_tickets.hpp"
#include "http/world.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

/// The Cookie field that a browser would send after that answer.
std::string cookie_of(const HttpResponse& response) {
    const std::string set{response.fields.get("Set-Cookie")};
    return set.substr(0, set.find(';'));
}

std::string open_session(World& world, Role role = Role::admin) {
    const auto response = world.ask(post("/api/session").bearing(world.token(role)));
    REQUIRE(response.status == 200);
    return cookie_of(response);
}

constexpr std::string_view own = "http://shop.example";

}  // namespace

TEST_CASE("a token becomes a cookie that no script and no other site can use", "[http][session]") {
    auto settings = usual_settings();
    settings.api.trusted_proxies = *TrustedProxies::parse({"10.0.0.1"});
    World world{settings};
    const auto token = world.token(Role::admin, "ana");
    const auto plain = world.ask(post("/api/session").bearing(token));
    CHECK(plain.status == 200);
    CHECK(text_at(plain, "role") == "admin");
    CHECK(text_at(plain, "subject") == "ana");
    const std::string cookie{plain.fields.get("Set-Cookie")};
    CHECK(cookie.starts_with("stockcast="));
    CHECK(cookie.ends_with("; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict"));
    CHECK(plain.fields.get("Cache-Control") == "no-store");

    const auto behind =
        world.ask(post("/api/session").bearing(token).from("10.0.0.1").with("X-Forwarded-Proto", "https"));
    const std::string secure{behind.fields.get("Set-Cookie")};
    CHECK(secure.starts_with("__Host-stockcast="));
    CHECK(secure.ends_with("; HttpOnly; SameSite=Strict; Secure"));
    const auto forged = world.ask(post("/api/session").bearing(token).with("X-Forwarded-Proto", "https"));
    CHECK(forged.fields.get("Set-Cookie").starts_with("stockcast="));
}

TEST_CASE("a session opens what its token opens, until the token's end or its own", "[http][session]") {
    World world;
    const auto viewer = open_session(world, Role::viewer);
    const auto admin = open_session(world);
    CHECK(world.ask(get("/api/stats").with("Cookie", viewer)).status == 200);
    CHECK(world.ask(get("/api/stats").with("Cookie", "a=b; " + viewer + "; c=d")).status == 200);
    CHECK(world.ask(post("/api/sync").with("Cookie", viewer).with("Origin", own)).status == 403);
    CHECK(world.ask(post("/api/sync").with("Cookie", admin).with("Origin", own)).status == 202);

    const auto ended = world.ask(RequestBuilder{"DELETE", "/api/session"}.with("Cookie", admin).with("Origin", own));
    CHECK(ended.status == 200);
    CHECK(ended.fields.get("Set-Cookie").starts_with("stockcast=; Path=/; Max-Age=0;"));
    CHECK(world.ask(get("/api/stats").with("Cookie", admin)).status == 401);
    CHECK(world.ask(get("/api/stats").with("Cookie", viewer)).status == 200);
    const auto again = open_session(world);  // the same token: another session
    CHECK(world.ask(get("/api/stats").with("Cookie", again)).status == 200);
    world.clock.advance(1h + 1min);
    CHECK(world.ask(get("/api/stats").with("Cookie", again)).status == 401);
}

TEST_CASE("what a cookie may do depends on whose page asks", "[http][session]") {
    World world;
    const auto cookie = open_session(world);
    struct Row {
        const char* method;
        const char* target;
        const char* origin;
        const char* site;
        unsigned status;
    };
    const auto row = GENERATE(values<Row>({
        {"POST", "/api/sync", "http://shop.example", "", 202},
        {"POST", "/api/sync", "https://shop.example", "", 202},
        {"POST", "/api/sync", "", "same-origin", 202},
        {"POST", "/api/sync", "", "", 403},
        {"POST", "/api/sync", "", "none", 403},
        {"POST", "/api/sync", "", "same-site", 403},
        {"POST", "/api/sync", "", "cross-site", 403},
        {"POST", "/api/sync", "null", "same-origin", 403},
        {"POST", "/api/sync", "http://evil.example", "same-origin", 403},
        {"POST", "/api/sync", "http://shop.example.evil", "", 403},
        {"POST", "/api/sync", "http://shop.example:81", "", 403},
        {"DELETE", "/api/session", "http://evil.example", "", 403},
        {"POST", "/api/stream/ticket", "http://evil.example", "", 403},
        {"GET", "/api/stats", "", "", 200},
        {"GET", "/api/stats", "", "same-origin", 200},
        {"GET", "/api/stats", "", "none", 200},
        {"GET", "/api/stats", "", "cross-site", 403},
        {"GET", "/api/stats", "http://evil.example", "", 403},
        {"GET", "/ws", "http://evil.example", "", 403},
        {"GET", "/ws", "http://shop.example", "", 426},
    }));
    CAPTURE(row.method, row.target, row.origin, row.site);
    RequestBuilder request{row.method, row.target};
    request.with("Cookie", cookie);
    if (*row.origin != '\0') request.with("Origin", row.origin);
    if (*row.site != '\0') request.with("Sec-Fetch-Site", row.site);
    CHECK(world.ask(request).status == row.status);
}

TEST_CASE("a cookie that is none of ours opens nothing", "[http][session]") {
    World world;
    const auto cookie = open_session(world);
    const auto status = [&](std::string_view value) {
        return world.ask(get("/api/stats").with("Cookie", value)).status;
    };
    CHECK(status("stockcast=") == 401);
    CHECK(status("stockcast=x") == 401);
    CHECK(status("stockcast=x.y.z.w") == 401);
    CHECK(status("Stockcast" + cookie.substr(9)) == 401);
    CHECK(status("__Host-" + cookie) == 401);
    CHECK(status(cookie + "; " + cookie) == 401);
    CHECK(status(cookie.substr(0, cookie.size() - 2)) == 401);
    CHECK(world.ask(get("/api/stats").with("Cookie", cookie).bearing("x.y.z")).status == 401);
    CHECK(world.ask(post("/api/session").with("Cookie", cookie).with("Origin", own)).status == 400);
    CHECK(world.ask(post("/api/session")).status == 401);
}

TEST_CASE("sessions that were ended are remembered while they matter, and boundedly", "[http][session]") {
    EndedSessions ended;
    const auto now = at("12:00");
    ended.add("short", now + 1min, now);
    ended.add("long", now + 1h, now);
    ended.add("over", now, now);
    ended.add("", now + 1h, now);
    CHECK(ended.size() == 2);
    ended.add("later", now + 1h, now + 2min);
    CHECK_FALSE(ended.contains("short"));
    CHECK(ended.contains("long"));
    for (std::size_t i = 0; i < 2 * EndedSessions::kept_max; ++i)
        ended.add("n" + std::to_string(i), now + 2h, now + 2min);
    CHECK(ended.size() == EndedSessions::kept_max);
}

TEST_CASE("a public stream does not mind an old cookie", "[http][session]") {
    auto settings = usual_settings();
    settings.api.stream_public = true;
    World world{settings};
    CHECK(world.ask(get("/ws").with("Cookie", "stockcast=old.x.y.z")).status == 426);
    CHECK(world.ask(get("/ws?ticket=wrong")).status == 401);
}

TEST_CASE("a ticket opens one stream, once, within half a minute", "[http][session]") {
    World world;
    const auto issue = [&] {
        const auto response = world.ask(post("/api/stream/ticket").bearing(world.token(Role::viewer)));
        REQUIRE(response.status == 200);
        CHECK(text_at(response, "expires_in") == "30");
        return text_at(response, "ticket");
    };
    const auto ticket = issue();
    CHECK(world.ask(get("/ws?ticket=" + ticket)).status == 426);
    CHECK(world.ask(get("/ws?ticket=" + ticket)).status == 401);
    CHECK(world.ask(get("/ws?ticket=" + ticket + "x")).status == 401);
    CHECK(world.ask(get("/api/stats?ticket=" + issue())).status == 401);
    const auto late = issue();
    world.clock.advance(30s);
    CHECK(world.ask(get("/ws?ticket=" + late)).status == 401);
    CHECK(world.ask(post("/api/stream/ticket")).status == 401);
}

TEST_CASE("tickets carry who asked, and too many are refused", "[http][session]") {
    StreamTickets tickets;
    SeededRandom random;
    const ManualClock clock;
    const Caller ana{Role::viewer, "ana", at("13:00")};
    const auto first = tickets.issue({ana, "digest"}, random, clock.now());
    const auto holder = tickets.redeem(*first, clock.now());
    REQUIRE(holder);
    CHECK(holder->caller.subject == "ana");
    CHECK(holder->caller.expires == ana.expires);
    for (std::size_t i = 1; i < StreamTickets::held_max; ++i) REQUIRE(tickets.issue({ana, ""}, random, clock.now()));
    CHECK(tickets.issue({ana, ""}, random, clock.now()).error() == Errc::out_of_bounds);
    CHECK(tickets.issue({ana, ""}, random, clock.now() + 30s));
    CHECK(tickets.held() == 1);
}
