#include "bench/message.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace stockcast::bench;

namespace {

using Kind = FrameReader::Kind;
using Frames = std::vector<std::pair<Kind, std::string>>;

Frames read_in_pieces(FrameReader::Format format, const std::string& bytes, std::size_t size) {
    FrameReader reader{format};
    Frames frames;
    for (std::size_t at = 0; at < bytes.size(); at += size)
        reader.take(std::string_view{bytes}.substr(at, size),
                    [&](Kind kind, std::string_view payload) { frames.emplace_back(kind, payload); });
    return frames;
}

const std::string medium(300, 'm');
const std::string large(70'000, 'l');

}  // namespace

TEST_CASE("WebSocket frames are cut the same in whatever pieces they come", "[bench]") {
    const auto bytes = std::string{"\x81\x02hi", 4} + std::string{"\x89\x00", 2} + std::string{"\x81\x7e\x01\x2c", 4} +
                       medium + std::string{"\x81\x7f\0\0\0\0\0\x01\x11\x70", 10} + large +
                       std::string{"\x88\x02\x03\xe9", 4};
    const Frames wanted{
        {Kind::text, "hi"}, {Kind::ping, ""}, {Kind::text, medium}, {Kind::text, large}, {Kind::close, "\x03\xe9"}};
    for (const std::size_t size : {1U, 2U, 3U, 7U, 303U, 4096U, 100'000U}) {
        CAPTURE(size);
        CHECK(read_in_pieces(FrameReader::Format::websocket, bytes, size) == wanted);
    }
}

TEST_CASE("an event's data is its payload, in whatever pieces it comes", "[bench]") {
    const std::string bytes =
        "retry: 3000\nevent: hello\ndata: {\"a\":1}\n\n: comment\n\nid: e:2\nevent: stock_updated\n"
        "data: {\"b\":2}\n\nevent: close\ndata: {}\n\n";
    const Frames wanted{{Kind::text, "{\"a\":1}"}, {Kind::other, ""}, {Kind::text, "{\"b\":2}"}, {Kind::close, "{}"}};
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        CAPTURE(size);
        CHECK(read_in_pieces(FrameReader::Format::events, bytes, size) == wanted);
    }
}

TEST_CASE("of a message its kind and seq are read", "[bench]") {
    const auto is = [](const std::string& payload, Message::Kind kind, std::uint64_t seq) {
        const auto message = message_of(payload);
        return message.kind == kind && message.seq == seq;
    };
    CHECK(is(R"({"type":"stock_updated","seq":42,"company":"main"})", Message::Kind::change, 42));
    CHECK(is(R"({"type":"product_created","seq":7})", Message::Kind::change, 7));
    CHECK(is(R"({"type":"hello","seq":41,"epoch":"x"})", Message::Kind::hello, 41));
    CHECK(is(R"({"type":"caught_up","seq":9})", Message::Kind::caught_up, 9));
    CHECK(is(R"({"type":"reset","seq":9,"reason":"x"})", Message::Kind::reset, 9));
    CHECK(is(R"({"type":"heartbeat","seq":9})", Message::Kind::other, 9));
    CHECK(is(R"(42["stock_updated",{"type":"stock_updated","seq":5}])", Message::Kind::change, 5));
    for (const auto* payload :
         {"", "{", R"({"type":")", R"({"type":"alert"})", R"({"type":"sync_completed","id":"x"})"})
        CHECK(message_of(payload).kind == Message::Kind::other);
    CHECK(new_stock_of(R"({"oldStock":1,"newStock":1000005,"source")") == 1'000'005U);
    CHECK_FALSE(new_stock_of(R"({"oldStock":1})"));
    CHECK(epoch_of(R"({"type":"hello","seq":41,"epoch":"ab-c"})") == "ab-c");
    CHECK(epoch_of("{}").empty());
}

TEST_CASE("a client's frame is masked", "[bench]") {
    CHECK(client_frame(ClientFrame::text, "40") == std::string{"\x81\x82\0\0\0\0"
                                                               "40",
                                                               8});
}
