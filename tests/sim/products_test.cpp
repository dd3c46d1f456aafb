#include "sim/product_filter.hpp"
#include "sim/siigo_in_a_box.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <set>

using namespace stockcast;
using namespace stockcast::sim;
using namespace stockcast::sim::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> all_codes(SiigoInABox& siigo, const std::string& filters = "") {
    std::vector<std::string> all;
    for (int page = 1;; ++page) {
        const auto codes = codes_of(siigo.get("/v1/products?page_size=100&page=" + std::to_string(page) + filters));
        if (codes.empty()) return all;
        all.insert(all.end(), codes.begin(), codes.end());
    }
}

}  // namespace

TEST_CASE("pages run newest created first, each product once", "[sim]") {
    SiigoInABox siigo{250};
    const auto codes = all_codes(siigo);
    REQUIRE(codes.size() == 250);
    CHECK(std::set<std::string>{codes.begin(), codes.end()}.size() == 250);
    CHECK(codes.front() == siigo.newest().code);
    for (std::size_t i = 1; i < codes.size(); ++i) {
        CHECK(siigo.company.find_code(codes[i - 1])->created > siigo.company.find_code(codes[i])->created);
    }
    CHECK(total_of(siigo.get("/v1/products")) == "250");
    CHECK(codes_of(siigo.get("/v1/products")).size() == 25);
}

TEST_CASE("a product created between two pages shifts the rest back, a deleted one forward", "[sim]") {
    SiigoInABox siigo{30};
    const auto page = [&](int n) { return codes_of(siigo.get("/v1/products?page_size=10&page=" + std::to_string(n))); };
    const auto first = page(1);
    const auto second = page(2);

    siigo.command("product", R"({"action":"create","code":"NEW-1"})");
    CHECK(page(1).front() == "NEW-1");
    CHECK(page(2).front() == first.back());  // seen twice

    siigo.command("product", R"({"action":"delete","code":"NEW-1","force":true})");
    siigo.command("product", R"({"action":"delete","code":")" + first.front() + R"(","force":true})");
    CHECK(page(2).front() == second[1]);  // second[0] is missed
}

TEST_CASE("page and page_size are whole numbers from 1; too large a page is clamped or refused", "[sim]") {
    SiigoInABox siigo{120};
    struct Row {
        std::string query;
        unsigned status;
    };
    const auto row = GENERATE(values<Row>({{"page=0", 400},
                                           {"page=-1", 400},
                                           {"page=x", 400},
                                           {"page_size=0", 400},
                                           {"page_size=1.5", 400},
                                           {"page=2&page_size=100", 200},
                                           {"page=99999", 200}}));
    CHECK(siigo.get("/v1/products?" + row.query).status == row.status);

    CHECK(codes_of(siigo.get("/v1/products?page_size=500")).size() == 100);
    siigo.variants.page_size_clamped = false;
    CHECK(siigo.get("/v1/products?page_size=101").status == 400);
}

TEST_CASE("links lead on, keep the filters, and end where the list does", "[sim]") {
    SiigoInABox siigo{30};
    const auto middle = json_of(siigo.get("/v1/products?page=2&page_size=10&active=true"));
    CHECK(text_at(middle, "_links.next.href") == "http://siigo.test/v1/products?page=3&page_size=10&active=true");
    const auto only = json_of(siigo.get("/v1/products?page_size=100"));
    CHECK(at(only, "_links.previous").is_null());
    CHECK(at(only, "_links.next").is_null());
    siigo.variants.omit_links = true;
    CHECK(json_of(siigo.get("/v1/products")).find("_links") == nullptr);
}

TEST_CASE("both ends of a date range belong to it", "[sim]") {
    SiigoInABox siigo{10};
    siigo.clock.advance(1s);  // 12:00:01
    siigo.command("product", R"({"action":"create","code":"A"})");
    siigo.clock.advance(1s);
    siigo.command("product", R"({"action":"create","code":"B"})");
    siigo.clock.advance(1s);
    siigo.command("product", R"({"action":"create","code":"C"})");

    struct Row {
        std::string from, to;
        std::vector<std::string> codes;
    };
    const auto row = GENERATE(values<Row>({{"12:00:01Z", "12:00:03Z", {"C", "B", "A"}},
                                           {"12:00:02Z", "12:00:02Z", {"B"}},
                                           {"12:00:02Z", "12:00:03Z", {"C", "B"}},
                                           {"12:00:04Z", "12:00:09Z", {}}}));
    CHECK(codes_of(siigo.get("/v1/products?created_start=2025-01-20T" + row.from + "&created_end=2025-01-20T" +
                             row.to)) == row.codes);
}

TEST_CASE("updated_start finds changes of properties and of stock, unless stock is ignored", "[sim]") {
    SiigoInABox siigo{40};
    siigo.clock.advance(1min);
    const std::string since = "/v1/products?updated_start=2025-01-20T12:01:00Z";
    CHECK(codes_of(siigo.get(since)).empty());

    const auto sold = siigo.stocked().code;
    siigo.command("sell", R"({"code":")" + sold + R"(","quantity":1})");
    siigo.command("product", R"({"action":"create","code":"NEW-1"})");
    CHECK(codes_of(siigo.get(since)) == std::vector<std::string>{sold});
    siigo.variants.updated_filter_ignores_stock = true;
    CHECK(codes_of(siigo.get(since)).empty());
    siigo.command("product", R"({"action":"rename","code":"NEW-1","name":"Otro"})");
    CHECK(codes_of(siigo.get(since)) == std::vector<std::string>{"NEW-1"});
}

TEST_CASE("a product never changed since its creation counts as updated then only where the variant says so", "[sim]") {
    SiigoInABox siigo{10};
    siigo.clock.advance(1min);
    siigo.command("product", R"({"action":"create","code":"NEW-1"})");
    const std::string since = "/v1/products?updated_start=2025-01-20T12:01:00Z";
    CHECK(codes_of(siigo.get(since)).empty());
    siigo.variants.updated_filter_includes_created = true;
    CHECK(codes_of(siigo.get(since)) == std::vector<std::string>{"NEW-1"});
}

TEST_CASE("dates are days or UTC seconds; anything else is refused", "[sim]") {
    struct Row {
        std::string query, code;
    };
    const auto row = GENERATE(values<Row>({
        {"created_start=2025-01-20", ""},
        {"updated_end=2025-01-20T12:00:00Z", ""},
        {"updated_end=2025-01-20T12%3A00%3A00Z", ""},
        {"created_start=20/01/2025", "invalid_date"},
        {"created_start=2025-13-01", "invalid_date"},
        {"updated_start=2025-01-20T12:00:00.5Z", "invalid_date"},
        {"updated_start=2025-01-20T12:00:00-05:00", "invalid_date"},
        {"updated_start=2025-01-21&updated_end=2025-01-20", "invalid_date_range"},
        {"created_start=2025-01-21&created_end=2025-01-20", "invalid_date_range"},
    }));
    SiigoInABox siigo;
    const auto answer = siigo.get("/v1/products?" + row.query);
    CHECK(answer.status == (row.code.empty() ? 200 : 400));
    if (!row.code.empty()) CHECK(code_of(answer) == row.code);
}

TEST_CASE("a day's midnight is UTC's, or Bogota's by variant", "[sim]") {
    SiigoInABox siigo{10};
    siigo.command("product", R"({"action":"create","code":"A"})");  // 2025-01-20T12:00Z
    siigo.clock.advance(15h);
    siigo.command("product", R"({"action":"create","code":"B"})");  // 2025-01-21T03:00Z, the 20th in Bogota
    CHECK(codes_of(siigo.get("/v1/products?created_start=2025-01-21")) == std::vector<std::string>{"B"});
    siigo.variants.dates_in_bogota = true;
    CHECK(codes_of(siigo.get("/v1/products?created_start=2025-01-21")).empty());
}

TEST_CASE("ids takes up to 20 GUIDs by either name; those that are gone are simply not there", "[sim]") {
    SiigoInABox siigo{40};
    std::string twenty, unknown = "00000000-0000-4000-8000-00000000dead";
    for (Slot slot = 0; slot < 20; ++slot) twenty += (slot ? "," : "") + siigo.company.find(slot)->id.to_string();
    const auto newest = siigo.newest();

    CHECK(codes_of(siigo.get("/v1/products?page_size=100&ids=" + twenty)).size() == 20);
    CHECK(codes_of(siigo.get("/v1/products?id=" + newest.id.to_string())) == std::vector<std::string>{newest.code});
    const auto mixed = siigo.get("/v1/products?ids=" + unknown + "," + newest.id.to_string());
    CHECK(codes_of(mixed) == std::vector<std::string>{newest.code});
    CHECK(total_of(mixed) == "1");
    CHECK(siigo.get("/v1/products?ids=" + twenty + "," + newest.id.to_string()).status == 400);
    CHECK(siigo.get("/v1/products?ids=" + newest.id.to_string() + ",nonsense").status == 400);
}

TEST_CASE("the other filters narrow, alone and together", "[sim]") {
    SiigoInABox siigo{300};
    const auto code = siigo.stocked().code;
    CHECK(codes_of(siigo.get("/v1/products?code=" + code)) == std::vector<std::string>{code});
    CHECK(codes_of(siigo.get("/v1/products?code=" + code + "&type=service")).empty());
    CHECK(all_codes(siigo, "&active=true").size() + all_codes(siigo, "&active=false").size() == 300);
    CHECK(all_codes(siigo, "&type=PRODUCT").size() > 200);
    for (const auto& service : all_codes(siigo, "&type=Service")) {
        CHECK(siigo.company.find_code(service)->type == ItemType::service);
    }
    CHECK(siigo.get("/v1/products?active=maybe").status == 400);
}

TEST_CASE("every filter's page agrees with a scan of the whole shop", "[sim]") {
    SiigoInABox siigo{200, 7};
    for (int i = 0; i < 400; ++i) {
        siigo.clock.advance(1s);
        siigo.trade.step(siigo.moment(), 0);
    }
    const auto from = *Instant::parse("2025-01-20T12:02:00Z");
    const auto to = *Instant::parse("2025-01-20T12:04:30Z");
    ProductFilter filter;
    filter.updated_start = from;
    filter.updated_end = to;
    std::vector<Slot> expected;
    for (const Slot slot : siigo.company.by_creation()) {
        const auto touched = siigo.company.find(slot)->touched();
        if (touched && *touched >= from && *touched <= to) expected.insert(expected.begin(), slot);
    }
    REQUIRE(expected.size() > 20);
    const auto all = select(siigo.company, filter, 0, 1000, siigo.variants);
    CHECK(all.slots == expected);
    const auto part = select(siigo.company, filter, 5, 10, siigo.variants);
    CHECK(part.total == expected.size());
    CHECK(std::equal(part.slots.begin(), part.slots.end(), expected.begin() + 5));
}

TEST_CASE("one product is shown by its GUID; what is gone is 404 and what is no GUID 400", "[sim]") {
    SiigoInABox siigo;
    const auto item = siigo.newest();
    const auto path = "/v1/products/" + item.id.to_string();
    CHECK(text_at(json_of(siigo.get(path)), "code") == item.code);
    CHECK(siigo.get("/v1/products/nonsense").status == 400);
    siigo.command("product", R"({"action":"delete","code":")" + item.code + R"(","force":true})");
    CHECK(code_of(siigo.get(path)) == "not_found");
    CHECK(siigo.outbox.letters.empty());
}

TEST_CASE("a product with movements can't be deleted, one without can and is then no longer listed", "[sim]") {
    SiigoInABox siigo;
    const auto moved = siigo.send("DELETE", "/v1/products/" + siigo.stocked().id.to_string());
    CHECK(moved.status == 400);
    CHECK(code_of(moved) == "delete_not_allowed");

    siigo.command("product", R"({"action":"create","code":"NEW-1"})");
    const auto id = siigo.newest().id.to_string();
    const auto gone = siigo.send("DELETE", "/v1/products/" + id);
    CHECK(gone.body == R"({"id":")" + id + R"(","deleted":true})");
    CHECK(codes_of(siigo.get("/v1/products?code=NEW-1")).empty());
}

TEST_CASE("lagging figures show what was true so long ago, and catch up", "[sim]") {
    SiigoInABox siigo;
    siigo.variants.omit_stock_updated = false;
    const auto code = siigo.stocked().code;
    const auto shown = [&] {
        return text_at(json_of(siigo.get("/v1/products?code=" + code)), "results.0.available_quantity");
    };
    siigo.command("sell", R"({"code":")" + code + R"(","stock":50})");
    siigo.clock.advance(1min);
    siigo.command("sell", R"({"code":")" + code + R"(","stock":49})");
    siigo.clock.advance(30s);

    siigo.faults.figures_lag = 1min;
    CHECK(shown() == "50");
    siigo.clock.advance(30s);
    CHECK(shown() == "49");
    siigo.faults.figures_lag = 3min;
    CHECK(shown() != "49");
}
