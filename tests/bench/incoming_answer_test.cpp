#include "bench/incoming_answer.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using stockcast::bench::IncomingAnswer;

namespace {

const std::string counted = "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabcde";
const std::string chunked =
    "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123\r\n\r\n89\r\n0\r\nX: y\r\n\r\n";

/// In pieces of `size`; true only with the last.
bool take_in_pieces(IncomingAnswer& answer, const std::string& bytes, std::size_t size) {
    for (std::size_t at = 0; at < bytes.size(); at += size)
        if (answer.take(std::string_view{bytes}.substr(at, size))) return at + size >= bytes.size();
    return false;
}

}  // namespace

TEST_CASE("an answer is read the same in whatever pieces it comes", "[bench]") {
    for (std::size_t size = 1; size <= chunked.size(); ++size) {
        CAPTURE(size);
        IncomingAnswer short_one;
        CHECK(take_in_pieces(short_one, counted, size));
        CHECK(short_one.status() == 404);
        CHECK(short_one.body() == "abcde");
        IncomingAnswer streamed;
        CHECK(take_in_pieces(streamed, chunked, size));
        CHECK(streamed.status() == 200);
        CHECK(streamed.body() == "abc0123\r\n\r\n89");
        CHECK(streamed.body_bytes() == 13);
    }
}

TEST_CASE("a discarded body is counted", "[bench]") {
    IncomingAnswer answer;
    answer.discard_body();
    CHECK(answer.take(chunked));
    CHECK(answer.body().empty());
    CHECK(answer.body_bytes() == 13);
}

TEST_CASE("what is no answer, has no end, or is followed by more is refused", "[bench]") {
    for (const auto& bytes :
         {std::string{"SSH-2.0\r\n\r\n"}, std::string{"HTTP/1.1 200 OK\r\n\r\nabc"}, counted + "x", chunked + "x",
          std::string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}}) {
        CAPTURE(bytes);
        IncomingAnswer answer;
        CHECK_THROWS_AS(answer.take(bytes), std::runtime_error);
    }
}
