// Products as a table.
#include "http/product_csv.hpp"

#include "http/world.hpp"
#include "support/run.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

HttpResponse ask(World& world, const std::string& query, std::string_view accept = "text/csv") {
    return world.ask(get("/api/products" + query).bearing(world.token(Role::viewer)).with("Accept", accept));
}

/// The whole body of an answer, and in how many pieces it came.
std::string taken(World& world, const HttpResponse& response, std::size_t* pieces = nullptr) {
    if (!response.source) return response.body;
    std::string body;
    for (;;) {
        const auto piece = run(world.io, response.source->next());
        REQUIRE(piece);
        if (piece->empty()) return body;
        body += *piece;
        if (pieces != nullptr) ++*pieces;
    }
}

std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

void fill(World& world, std::uint64_t count) {
    for (std::uint64_t n = 1; n <= count; ++n) {
        const auto code = "P-" + std::to_string(n);
        world.observe(observation()
                          .about(n)
                          .coded(code)
                          .named("Camiseta")
                          .with_stock(static_cast<std::int64_t>(n))
                          .as_of("10:00")
                          .by_read());
    }
}

}  // namespace

TEST_CASE("a product's line has SIIGO's own digits and quotes where they must be", "[http][csv]") {
    World world;
    world.observe(observation()
                      .about(1)
                      .coded("A,1")
                      .named("Tubo 2\" \xc3\xb1")
                      .with_stock("12.50")
                      .in_warehouse("1270", "Bodega", "12.50")
                      .as_of("10:00")
                      .with_property("additional_fields", Json::Object{{"barcode", "770123"}})
                      .by_read());
    world.observe(observation().about(2).coded("B").named("Sin cifra").by_read());
    const auto response = ask(world, "");
    CHECK(response.status == 200);
    CHECK(response.fields.get("Content-Type") == "text/csv; charset=utf-8; header=present");
    CHECK(response.fields.get("Stockcast-Seq") == "2");
    const auto at = world.clock.wall().to_iso_ms();
    CHECK(taken(world, response) ==
          std::string{product_csv_header} + product_id(1).to_string() +
              ",\"A,1\",\"Tubo 2\"\" \xc3\xb1\",770123,true,true,12.5,"
              "\"[{\"\"id\"\":1270,\"\"name\"\":\"\"Bodega\"\",\"\"quantity\"\":12.5}]\",1,main,1," +
              at + "\r\n" + product_id(2).to_string() + ",B,Sin cifra,,true,true,,[],2,main,2," + at + "\r\n");
}

TEST_CASE("an export is streamed in pieces, as of one moment", "[http][csv]") {
    World world;
    fill(world, 1'500);
    const auto response = ask(world, "");
    REQUIRE(response.source);
    world.observe(observation().about(2'000).coded("LATE").named("Late").with_stock(1).as_of("10:00").by_read());
    std::size_t pieces = 0;
    const auto body = taken(world, response, &pieces);
    CHECK(lines(body) == 1'501);
    CHECK(body.find("LATE") == std::string::npos);
    CHECK(pieces > 2);

    const auto few = taken(world, ask(world, "?search=P-1499"));
    CHECK(lines(few) == 2);
    CHECK(lines(taken(world, ask(world, "?search=nothing"))) == 1);
}

TEST_CASE("with a limit a table comes in pages", "[http][csv]") {
    World world;
    fill(world, 3);
    const auto first = ask(world, "?limit=2");
    CHECK(lines(first.body) == 3);
    const std::string link{first.fields.get("Link")};
    const auto query = link.substr(link.find('?'), link.find('>') - link.find('?'));
    const auto second = ask(world, query);
    CHECK(lines(second.body) == 2);
    CHECK_FALSE(second.fields.has("Link"));
    CHECK(lines(taken(world, ask(world, "?cursor=" + query.substr(query.find("cursor=") + 7)))) == 2);
}

TEST_CASE("an export that is at hand already is 304", "[http][csv]") {
    World world;
    fill(world, 2);
    const auto ask_with = [&](const std::string& tag) {
        return world.ask(get("/api/products")
                             .bearing(world.token(Role::viewer))
                             .with("Accept", "text/csv")
                             .with("If-None-Match", tag));
    };
    const std::string tag{ask(world, "").fields.get("ETag")};
    CHECK(tag.starts_with("W/\""));
    const auto same = ask_with(tag);
    CHECK(same.status == 304);
    CHECK_FALSE(same.source);
    CHECK(ask(world, "?active=true").fields.get("ETag") != tag);
    world.observe(observation().about(1).with_stock(77).as_of("11:00").by_read());
    CHECK(ask_with(tag).status == 200);
}

TEST_CASE("CSV is for whoever asks for it", "[http][csv]") {
    World world;
    fill(world, 1);
    struct Case {
        std::string accept;
        bool csv;
    };
    for (const auto& [accept, csv] : {Case{"text/csv", true},
                                      {"TEXT/CSV;header=present", true},
                                      {"application/json;q=0.5, text/csv;q=0.6", true},
                                      {"application/json, text/csv;q=0.6", false},
                                      {"*/*", false},
                                      {"text/*", false},
                                      {"text/csv;q=0", false},
                                      {"text/csv;q=x", false},
                                      {"text/html,application/xhtml+xml,*/*;q=0.8", false}}) {
        CAPTURE(accept);
        const auto response = ask(world, "?limit=1", accept);
        CHECK(response.fields.get("Content-Type").starts_with("text/csv") == csv);
        CHECK(response.fields.get("Vary") == "Accept");
    }
}
