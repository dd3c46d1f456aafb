#include "http/content_coding.hpp"

#include "http/world.hpp"
#include "support/run.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;

namespace {

HttpResponse answer_of(std::string_view type, std::size_t bytes) {
    HttpResponse response;
    response.fields.add("Content-Type", std::string{type});
    response.body = std::string(bytes, 'x');
    return response;
}

HttpResponse sent(HttpResponse response, bool takes_gzip) {
    asio::io_context io;
    InlineWorkers workers;
    return run(io, compressed(std::move(response), takes_gzip, workers));
}

}  // namespace

TEST_CASE("text of a kilobyte or more is compressed for whoever takes it", "[http][gzip]") {
    struct Case {
        std::string_view type;
        std::size_t bytes;
        bool worth_it;
    };
    for (const auto& [type, bytes, worth_it] : std::vector<Case>{
             {"application/json", 1023, false},
             {"application/json", 1024, true},
             {"application/json", 100'000, true},
             {"text/csv; charset=utf-8", 5000, true},
             {"text/html; charset=utf-8", 5000, true},
             {"application/problem+json", 5000, true},
             {"application/octet-stream", 5000, false},
             {"image/png", 5000, false},
             {"", 5000, false},
         }) {
        INFO(type << ", " << bytes);
        const auto taken = sent(answer_of(type, bytes), true);
        CHECK(taken.fields.get("Content-Encoding") == (worth_it ? "gzip" : ""));
        CHECK((taken.body.size() < bytes) == worth_it);
        CHECK(taken.fields.get("Vary") == (worth_it ? "Accept-Encoding" : ""));

        const auto plain = sent(answer_of(type, bytes), false);
        CHECK_FALSE(plain.fields.has("Content-Encoding"));
        CHECK(plain.body.size() == bytes);
        CHECK(plain.fields.get("Vary") == (worth_it ? "Accept-Encoding" : ""));
    }
}

TEST_CASE("what is already encoded stays as it is", "[http][gzip]") {
    auto response = answer_of("application/json", 5000);
    response.fields.add("Content-Encoding", "br");
    CHECK(sent(std::move(response), true).fields.get("Content-Encoding") == "br");
}

TEST_CASE("the page comes compressed to a browser, and as it is to others", "[http][gzip]") {
    World world;
    const auto browser = world.ask(get("/").with("Accept-Encoding", "gzip, deflate, br"));
    CHECK(browser.fields.get("Content-Encoding") == "gzip");
    const auto other = world.ask(get("/"));
    CHECK_FALSE(other.fields.has("Content-Encoding"));
    CHECK(browser.body.size() * 2 < other.body.size());
}
