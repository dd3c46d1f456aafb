#include "stockcast/fanout/filter.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;

namespace {

Filter filter(std::string_view message) {
    auto parsed = Filter::parse(message);
    if (auto* complaint = std::get_if<std::string>(&parsed)) FAIL(*complaint);
    return std::get<Filter>(parsed);
}

}  // namespace

TEST_CASE("a subscription narrows by each list that it gives", "[fanout][filter]") {
    struct Case {
        std::string_view message;
        ChangeType type;
        std::string_view code;
        std::vector<std::string> warehouses;
        bool passes;
    };
    const auto stock = ChangeType::stock_updated;
    for (const auto& [message, type, code, warehouses, passes] : std::vector<Case>{
             {R"({"type":"subscribe"})", stock, "A", {}, true},
             {R"({"type":"subscribe","codes":null})", stock, "A", {}, true},
             {R"({"type":"subscribe","types":["stock_updated"]})", stock, "A", {}, true},
             {R"({"type":"subscribe","types":["product_deleted","alert"]})", stock, "A", {}, false},
             {R"({"type":"subscribe","types":["product_deleted"]})", ChangeType::product_deleted, "A", {}, true},
             {R"({"type":"subscribe","codes":["A","B"]})", stock, "B", {}, true},
             {R"({"type":"subscribe","codes":["A","B"]})", stock, "a", {}, false},
             {R"({"type":"subscribe","warehouses":[1270]})", stock, "A", {"1270"}, true},
             {R"({"type":"subscribe","warehouses":["1270"]})", stock, "A", {"5", "1270"}, true},
             {R"({"type":"subscribe","warehouses":["x"]})", stock, "A", {"\"x\""}, true},
             {R"({"type":"subscribe","warehouses":[1270]})", stock, "A", {"12"}, false},
             {R"({"type":"subscribe","warehouses":[1270]})", stock, "A", {}, false},
             {R"({"type":"subscribe","codes":["A"],"types":["stock_updated"]})", stock, "B", {}, false},
         }) {
        INFO(message << " " << code);
        CHECK(filter(message).passes(type, code, warehouses) == passes);
    }
}

TEST_CASE("announcements are narrowed by types alone", "[fanout][filter]") {
    CHECK(filter(R"({"type":"subscribe","codes":["A"]})").passes_announcement("alert"));
    CHECK(filter(R"({"type":"subscribe","types":["alert"]})").passes_announcement("alert"));
    CHECK_FALSE(filter(R"({"type":"subscribe","types":["alert"]})").passes_announcement("sync_completed"));
}

TEST_CASE("a message that is no subscription gets a reason", "[fanout][filter]") {
    std::string many = R"({"type":"subscribe","codes":["A")";
    for (int i = 0; i < 1000; ++i) many += R"(,"A")";
    struct Case {
        std::string message;
        std::string_view reason;
    };
    for (const auto& [message, reason] : std::vector<Case>{
             {"", "not a JSON object"},
             {"hello", "not a JSON object"},
             {"[]", "not a JSON object"},
             {R"({"type":"subscribe","type":"x"})", "not a JSON object"},
             {R"({"codes":["A"]})", "subscribe"},
             {R"({"type":"unsubscribe"})", "subscribe"},
             {R"({"type":7})", "subscribe"},
             {R"({"type":"subscribe","code":["A"]})", "nothing else"},
             {R"({"type":"subscribe","codes":"A"})", "codes must be a list"},
             {R"({"type":"subscribe","codes":[]})", "codes must name at least one"},
             {R"({"type":"subscribe","codes":[7]})", "codes must hold codes of 1 to 200"},
             {R"({"type":"subscribe","codes":[""]})", "codes must hold codes of 1 to 200"},
             {R"({"type":"subscribe","codes":[")" + std::string(201, 'x') + R"("]})",
              "codes must hold codes of 1 to 200"},
             {R"({"type":"subscribe","types":["stock"]})", "types must hold stock_updated, "},
             {R"({"type":"subscribe","warehouses":[true]})", "warehouses must hold ids"},
             {many + "]}", "at most 1000"},
         }) {
        const auto parsed = Filter::parse(message);
        INFO(message.substr(0, 80));
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK_THAT(std::get<std::string>(parsed), Catch::Contains(std::string{reason}));
    }
}
