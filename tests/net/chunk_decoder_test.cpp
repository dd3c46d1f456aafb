#include "net/chunk_decoder.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using State = ChunkDecoder::State;

TEST_CASE("a chunked body is read alike whole and byte by byte", "[net][http]") {
    struct Case {
        std::string bytes;
        State state;
        std::string body;
        std::size_t rest;  ///< bytes that belong to what follows
    };
    const std::string end = "0\r\n\r\n";
    for (const auto& [bytes, state, body, rest] : std::vector<Case>{
             {end, State::complete, "", 0},
             {"0000000000000000\r\n\r\n", State::complete, "", 0},
             {"3\r\nabc\r\n" + end + "GET", State::complete, "abc", 3},
             {"3\r\nabc\r\nA\r\n0123456789\r\n" + end, State::complete, "abc0123456789", 0},
             {"1;name=value;q=\"x y\"\r\na\r\n" + end, State::complete, "a", 0},
             {"1\r\na\r\n0\r\nExpires: never\r\nX:\r\n\r\n", State::complete, "a", 0},
             {"1\r\n\n\r\n" + end, State::complete, "\n", 0},
             {"14\r\n01234567890123456789\r\n" + end, State::complete, "01234567890123456789", 0},

             {"", State::reading, "", 0},
             {"3\r\nab", State::reading, "ab", 0},
             {"0\r\n", State::reading, "", 0},
             {"15\r\n", State::too_large, "", 0},
             {"A\r\n0123456789\r\nB\r\n", State::too_large, "0123456789", 0},
             {"ffffffffffffffff\r\n", State::too_large, "", 0},

             {"00000000000000001\r\n", State::malformed, "", 2},
             {"\r\n", State::malformed, "", 1},
             {"-1\r\n", State::malformed, "", 3},
             {"0x1\r\n", State::malformed, "", 3},
             {"1 \r\n", State::malformed, "", 2},
             {"1\na", State::malformed, "", 1},
             {"1\r\r", State::malformed, "", 0},
             {"1;x\ny\r\n", State::malformed, "", 3},
             {"1\r\nab\r\n", State::malformed, "a", 2},
             {"1\r\na\n", State::malformed, "a", 0},
             {"0\r\n folded: x\r\n\r\n", State::malformed, "", 13},
             {"0\r\nno colon\r\n\r\n", State::malformed, "", 9},
             {"0\r\nA: b\n\r\n", State::malformed, "", 2},
             {"0\r\n\rX", State::malformed, "", 0},
         })
        for (const std::size_t piece : {bytes.size() + 1, std::size_t{1}}) {
            ChunkDecoder decoder{20};
            std::string read;
            std::size_t used = 0;
            while (used < bytes.size() && decoder.state() == State::reading)
                used += decoder.feed(std::string_view{bytes}.substr(used, piece), read);
            INFO(bytes << " by " << piece);
            CHECK(decoder.state() == state);
            CHECK(read == body);
            CHECK(bytes.size() - used == rest);
        }
}

TEST_CASE("extensions and trailers are bounded", "[net][http]") {
    const auto ends = [](std::string bytes) {
        ChunkDecoder decoder{100};
        std::string body;
        decoder.feed(bytes, body);
        return decoder.state();
    };
    CHECK(ends("1;" + std::string(256, 'x') + "\r\n") == State::reading);
    CHECK(ends("1;" + std::string(257, 'x')) == State::malformed);
    CHECK(ends("0\r\nX: " + std::string(8000, 'x') + "\r\n\r\n") == State::complete);
    std::string many = "0\r\n";
    for (int i = 0; i < 3000; ++i) many += "X: y\r\n";
    CHECK(ends(many) == State::malformed);
}
