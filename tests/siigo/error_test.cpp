#include "stockcast/siigo/translate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast::siigo;

TEST_CASE("SIIGO's errors are read in either case, and other bodies described", "[siigo]") {
    struct Row {
        const char* body;
        const char* code;
        const char* message;
    };
    const Row rows[] = {
        {R"({"Status":400,"Errors":[{"Code":"parameter_required","Message":"The field code is required","Params":["code"]}]})",
         "parameter_required", "The field code is required"},
        {R"({"status":429,"errors":[{"code":"requests_limit","message":"Too many"}]})", "requests_limit", "Too many"},
        {R"({"Status":404,"Errors":{"Code":"not_found","Detail":"gone"}})", "not_found", "gone"},
        {R"([{"code":"unauthorized","message":"no"}])", "unauthorized", "no"},
        {R"({"statusCode":429,"message":"Rate limit is exceeded."})", "", "Rate limit is exceeded."},
        {R"({"error":"invalid_grant","error_description":"bad key"})", "invalid_grant", "bad key"},
        {R"({"error":{"code":"service_unavailable","message":"later"}})", "service_unavailable", "later"},
        {R"({"Errors":[{"Code":"unauthorized"}]})", "unauthorized", "unauthorized"},
        {"", "", "an empty body"},
        {" \r\n", "", "an empty body"},
        {"<html><head><TITLE>502 Bad\r\n Gateway</TITLE></head></html>", "", "an HTML page: 502 Bad Gateway"},
        {"<!doctype html><HTML><body>x", "", "an HTML page without a title"},
        {R"({"Status":500,"Errors":[{"Code":"unhan)", "", R"(no whole JSON: {"Status":500,"Errors":[{"Code":"unhan)"},
        {"\xff\x01"
         "ab",
         "", "no whole JSON: ??ab"},
        {"{}", "", "no whole JSON: {}"},
    };
    for (const auto& row : rows) {
        INFO(row.body);
        const auto error = read_error(400, row.body);
        CHECK(error.status == 400);
        CHECK(error.code == row.code);
        CHECK(error.message == row.message);
    }
    CHECK(read_error(0, R"({"Status":"503"})").status == 503);
}

TEST_CASE("a long message is cut between two characters", "[siigo]") {
    std::string message(199, 'x');
    message += "ñññ";
    CHECK(read_error(400, R"({"errors":[{"message":")" + message + R"("}]})").message == std::string(199, 'x'));
}

TEST_CASE("a wait named in a body is understood", "[siigo]") {
    struct Row {
        const char* body;
        std::optional<unsigned> seconds;
    };
    const Row rows[] = {
        {R"({"message":"Rate limit is exceeded. Try again in 42 seconds."})", 42},
        {R"({"Errors":[{"Code":"requests_limit","Message":"TRY AGAIN IN 1 second"}]})", 1},
        {"<html>Please retry after 2 minutes</html>", 120},
        {"Intente de nuevo en 30 segundos", 30},
        {"Try again in 999999999 seconds", 86400},
        {"Try again in 99999999999999999999 seconds", std::nullopt},
        {"Try again in a while", std::nullopt},
        {"Try again in -5 seconds", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.body);
        CHECK(read_error(429, row.body).wait_seconds == row.seconds);
    }
}
