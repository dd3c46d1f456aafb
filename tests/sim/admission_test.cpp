#include "sim/siigo_in_a_box.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace stockcast;
using namespace stockcast::sim;
using namespace stockcast::sim::test;
using namespace std::chrono_literals;

TEST_CASE("a request without a good Partner-Id is refused, whatever else it carries", "[sim]") {
    struct Row {
        std::vector<std::string> partner_ids;
        unsigned status;
        std::string code;
    };
    const auto row = GENERATE(values<Row>({
        {{}, 400, "header_required"},
        {{"ab"}, 400, "invalid_partner_id"},
        {{std::string(101, 'a')}, 400, "invalid_partner_id"},
        {{"with space"}, 400, "invalid_partner_id"},
        {{"hyphen-ated"}, 400, "invalid_partner_id"},
        {{"ñandú"}, 400, "invalid_partner_id"},
        {{""}, 400, "invalid_partner_id"},
        {{"twice", "twice"}, 400, "invalid_partner_id"},
        {{"abc"}, 200, ""},
        {{std::string(100, 'Z')}, 200, ""},
    }));
    SiigoInABox siigo;
    HttpRequest request;
    request.method = "GET";
    request.target = "/v1/warehouses";
    request.fields.add("Authorization", "Bearer " + siigo.token());
    for (const auto& id : row.partner_ids) request.fields.add("Partner-Id", id);

    const auto answer = siigo.api.answer(request);
    CHECK(answer.status == row.status);
    if (!row.code.empty()) CHECK(code_of(answer) == row.code);
}

TEST_CASE("a token request is judged by its header, type, members and credentials", "[sim]") {
    struct Row {
        std::string body;
        unsigned status;
        std::string code;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"username":"demo@stockcast.example","access_key":"demo-access-key"})", 201, ""},
        {R"({"username":"demo@stockcast.example","access_key":"wrong"})", 401, "unauthorized"},
        {R"({"username":"someone@else.co","access_key":"demo-access-key"})", 401, "unauthorized"},
        {R"({"username":"demo@stockcast.example"})", 400, "parameter_required"},
        {R"({"access_key":"demo-access-key","username":null})", 400, "parameter_required"},
        {R"({"username":1,"access_key":"demo-access-key"})", 400, "invalid_type"},
        {R"([])", 400, "invalid_type"},
        {R"({"username":)", 400, "invalid_type"},
    }));
    SiigoInABox siigo;
    const auto answer = siigo.api.answer(siigo.request("POST", "/auth", row.body));
    CHECK(answer.status == row.status);
    if (!row.code.empty()) CHECK(code_of(answer) == row.code);
}

TEST_CASE("a token request needs JSON's media type, and Partner-Id unless that variant is off", "[sim]") {
    SiigoInABox siigo;
    const std::string body = R"({"username":"demo@stockcast.example","access_key":"demo-access-key"})";
    auto request = siigo.request("POST", "/auth", body);
    request.fields.set("Content-Type", "text/plain");
    CHECK(siigo.api.answer(request).status == 415);
    request.fields.set("Content-Type", "Application/JSON; charset=utf-8");
    CHECK(siigo.api.answer(request).status == 201);

    HttpRequest bare;
    bare.method = "POST";
    bare.target = "/auth";
    bare.body = body;
    bare.fields.add("Content-Type", "application/json");
    CHECK(code_of(siigo.api.answer(bare)) == "header_required");
    siigo.variants.auth_needs_partner_id = false;
    siigo.variants.auth_status = 200;
    CHECK(siigo.api.answer(bare).status == 200);
}

TEST_CASE("only a token that was given out and still lives opens the door, with or without its scheme", "[sim]") {
    SiigoInABox siigo;
    const auto status_with = [&](const std::string& authorization) {
        auto request = siigo.request("GET", "/v1/warehouses");
        if (!authorization.empty()) request.fields.add("Authorization", authorization);
        return siigo.api.answer(request).status;
    };
    CHECK(status_with("") == 401);
    CHECK(status_with("Bearer ") == 401);
    CHECK(status_with("Bearer made.up.token") == 401);
    CHECK(status_with("Bearer " + siigo.token()) == 200);
    CHECK(status_with(siigo.token()) == 200);
    siigo.clock.advance(24h - 1s);
    CHECK(status_with("Bearer " + siigo.token()) == 200);
    siigo.clock.advance(1s);
    CHECK(status_with("Bearer " + siigo.token()) == 401);
}

TEST_CASE("the 101st request within a sliding minute is refused and does not count itself", "[sim]") {
    SiigoInABox siigo;
    siigo.token();  // the first of the hundred: a token request uses up quota as well
    for (int i = 0; i < 99; ++i) {
        CHECK(siigo.get("/v1/warehouses").status == 200);
        siigo.clock.advance(100ms);
    }
    for (int i = 0; i < 3; ++i) {
        const auto refused = siigo.get("/v1/warehouses");
        CHECK(refused.status == 429);
        CHECK(code_of(refused) == "requests_limit");
        CHECK_FALSE(refused.fields.has("Retry-After"));
    }
    CHECK(siigo.counts.quota_refusals == 3);

    siigo.clock.advance(60s - 9'900ms);  // the token request leaves the minute, and the first page with it
    CHECK(siigo.get("/v1/warehouses").status == 200);
    CHECK(siigo.get("/v1/warehouses").status == 200);
    CHECK(siigo.get("/v1/warehouses").status == 429);
}

TEST_CASE("a refusal names the wait where the variants say so", "[sim]") {
    SiigoInABox siigo;
    siigo.variants.retry_after = siigo.variants.wait_in_body = true;
    siigo.token();
    siigo.clock.advance(20'500ms);
    for (int i = 0; i < 99; ++i) (void)siigo.get("/v1/warehouses");
    const auto refused = siigo.get("/v1/warehouses");
    CHECK(refused.fields.get("Retry-After") == "40");  // 39.5 s, rounded up
    CHECK(text_at(json_of(refused), "Errors.0.Message").find("Try again in 40 seconds") != std::string::npos);
}

TEST_CASE("a fixed window is full until the clock's minute ends", "[sim]") {
    SiigoInABox siigo;
    siigo.variants.fixed_window = true;
    siigo.clock.advance(50s);
    siigo.token();
    for (int i = 0; i < 99; ++i) CHECK(siigo.get("/v1/warehouses").status == 200);
    CHECK(siigo.get("/v1/warehouses").status == 429);
    siigo.clock.advance(10s);
    for (int i = 0; i < 100; ++i) CHECK(siigo.get("/v1/warehouses").status == 200);
    CHECK(siigo.get("/v1/warehouses").status == 429);
}

TEST_CASE("a GET or DELETE with a body is refused, even with an empty array", "[sim]") {
    SiigoInABox siigo;
    CHECK(siigo.send("GET", "/v1/products", "[]").status == 400);
    CHECK(siigo.send("GET", "/v1/webhooks", "{}").status == 400);
    CHECK(siigo.send("DELETE", "/v1/webhooks/00000000-0000-0000-0000-000000000001", "{}").status == 400);
}

TEST_CASE("what SIIGO has no resource for is not found", "[sim]") {
    const auto target = GENERATE(as<std::string>{}, "/v1/stock", "/v1/inventory-balance", "/v1/products/a/b",
                                 "/v2/products", "/", "/v1/warehouses/1270", "/v1/transfers");
    SiigoInABox siigo;
    CHECK(siigo.get(target).status == 404);
    CHECK(siigo.send("PATCH", "/v1/products", "{}").status == 404);
}

TEST_CASE("faults answer as told, so many times, and leave the commands alone", "[sim]") {
    struct Row {
        unsigned Faults::* fault;
        unsigned status;
    };
    const auto row = GENERATE(values<Row>({{&Faults::internal_error, 500},
                                           {&Faults::unavailable, 503},
                                           {&Faults::html_gateway, 502},
                                           {&Faults::gateway_json, 500},
                                           {&Faults::empty_body, 200},
                                           {&Faults::unauthorized, 401},
                                           {&Faults::throttled, 429}}));
    SiigoInABox siigo;
    siigo.token();
    siigo.faults.*row.fault = 2;
    CHECK(siigo.command("counts").status == 200);
    for (int i = 0; i < 2; ++i) CHECK(siigo.get("/v1/warehouses").status == row.status);
    const auto well = siigo.get("/v1/warehouses");
    CHECK(well.status == 200);
    CHECK(well.body.starts_with('['));
}

TEST_CASE("a blocked user still gets tokens, and no token of his is good", "[sim]") {
    SiigoInABox siigo;
    siigo.faults.blocked = true;
    CHECK_FALSE(siigo.token().empty());
    CHECK(siigo.get("/v1/warehouses").status == 401);
    siigo.faults.blocked = false;
    CHECK(siigo.get("/v1/warehouses").status == 200);
}

TEST_CASE("a user more than 80 % of whose requests fail within 7 days is blocked", "[sim]") {
    SiigoInABox siigo;
    for (int i = 0; i < 30; ++i) {
        (void)siigo.get("/v1/warehouses");
        siigo.clock.advance(1min);
    }
    for (int i = 0; i < 120; ++i) {
        (void)siigo.get("/v1/nothing");
        siigo.clock.advance(1min);
    }
    CHECK_FALSE(siigo.faults.blocked);  // 120 of 151: 79 %, and too few to be judged
    for (int i = 0; i < 60 && !siigo.faults.blocked; ++i) {
        (void)siigo.get("/v1/nothing");
        siigo.clock.advance(1min);
    }
    CHECK(siigo.faults.blocked);
    CHECK(siigo.get("/v1/warehouses").status == 401);
}

TEST_CASE("errors come in either case", "[sim]") {
    SiigoInABox siigo;
    CHECK(text_at(json_of(siigo.get("/v1/nothing")), "Status") == "404");
    siigo.variants.lower_case_errors = true;
    const auto lower = json_of(siigo.get("/v1/nothing"));
    CHECK(text_at(lower, "status") == "404");
    CHECK(text_at(lower, "errors.0.code") == "not_found");
    CHECK(lower.find("Status") == nullptr);
}
