#include "stockcast/fanout/ring.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;

namespace {

std::string event_of(Seq seq, std::size_t size) {
    std::string event = std::to_string(seq) + ":";
    event.resize(size, 'x');
    return event;
}

PublishedChange change_of(Seq seq, std::size_t size) {
    PublishedChange change;
    change.seq = seq;
    change.code = "C" + std::to_string(seq);
    change.event = event_of(seq, size);
    return change;
}

const WebSocketFraming websocket_framing;

std::string framed(const PublishedChange& change, const Framing& framing = websocket_framing) {
    std::string frame;
    framing.append_change(frame, change.seq, change.event);
    return frame;
}

}  // namespace

TEST_CASE("what follows any cursor is exactly the frames after it, however the arena wraps", "[fanout][ring]") {
    // Sizes that fit the arena's end now and then, with and without a rest.
    const std::size_t sizes[] = {10, 98, 3, 200, 98, 126, 40, 61};
    const EventStreamFraming event_framing{"e"};
    const auto use_events = GENERATE(false, true);
    const Framing& framing = use_events ? static_cast<const Framing&>(event_framing) : websocket_framing;
    for (const std::size_t capacity : {300U, 500U, 512U, 1000U}) {
        Ring ring{capacity, framing};
        std::vector<std::string> frames{""};
        for (Seq seq = 1; seq <= 400; ++seq) {
            const auto change = change_of(seq, sizes[(seq * seq + seq / 7) % 8]);
            ring.append(change, {});
            frames.push_back(framed(change, framing));
            REQUIRE(ring.head() == seq);
            REQUIRE(ring.oldest() <= seq);  // the newest always fits here

            for (Seq cursor = ring.oldest() - 1; cursor <= seq; ++cursor) {
                std::string expected;
                for (Seq one = cursor + 1; one <= seq; ++one) expected += frames[one];
                const auto spans = ring.after(cursor);
                REQUIRE(spans);
                REQUIRE(std::string{spans->first} + std::string{spans->second} == expected);
                REQUIRE(spans->last == seq);
            }
            if (ring.oldest() > 1) REQUIRE_FALSE(ring.after(ring.oldest() - 2));
            const auto* entry = ring.entry(seq);
            REQUIRE(entry != nullptr);
            REQUIRE(ring.event(*entry) == change.event);
            REQUIRE(entry->code == change.code);
        }
        // It holds what its size promises: not much less than the arena is empty.
        std::size_t held = 0;
        for (Seq seq = ring.oldest(); seq <= ring.head(); ++seq) held += ring.entry(seq)->length;
        CHECK(held + 2 * 240 >= capacity);
        CHECK(ring.bytes() == held);
        CHECK(held <= capacity);
    }
}

TEST_CASE("a bounded read ends between two frames and takes at least one", "[fanout][ring]") {
    Ring ring{1000, websocket_framing};
    for (Seq seq = 1; seq <= 5; ++seq) ring.append(change_of(seq, 98), {});
    CHECK(ring.after(0, 250)->last == 2);
    CHECK(ring.after(0, 200)->last == 2);
    CHECK(ring.after(0, 199)->last == 1);
    CHECK(ring.after(3, 1)->last == 4);
    CHECK(ring.after(5, 1)->last == 5);
}

TEST_CASE("an event larger than the arena empties it and is read from the log", "[fanout][ring]") {
    Ring ring{100, websocket_framing};
    ring.append(change_of(1, 10), {});
    ring.append(change_of(2, 200), {});
    CHECK(ring.head() == 2);
    CHECK(ring.oldest() == 3);
    CHECK_FALSE(ring.after(1));
    CHECK(ring.after(2)->last == 2);
    ring.append(change_of(3, 10), {});
    CHECK(ring.after(2)->first == framed(change_of(3, 10)));
    CHECK_FALSE(ring.after(1));
}

TEST_CASE("a ring lets go of what retention has taken", "[fanout][ring]") {
    Ring ring{1000, websocket_framing};
    for (Seq seq = 1; seq <= 4; ++seq) ring.append(change_of(seq, 10), {});
    ring.let_go_below(3);
    CHECK(ring.oldest() == 3);
    CHECK_FALSE(ring.after(1));
    CHECK(ring.after(2)->last == 4);
    ring.let_go_below(2);
    CHECK(ring.oldest() == 3);
    ring.let_go_below(5);
    CHECK(ring.oldest() == 5);
    ring.append(change_of(5, 10), {});
    CHECK(ring.after(4)->first == framed(change_of(5, 10)));
}

TEST_CASE("a ring begins after what the store holds already", "[fanout][ring]") {
    Ring ring{100, websocket_framing, 41};
    CHECK(ring.head() == 41);
    CHECK(ring.oldest() == 42);
    CHECK(ring.after(41)->last == 41);
    CHECK_FALSE(ring.after(40));
    ring.append(change_of(42, 10), {});
    CHECK(ring.after(41)->first == framed(change_of(42, 10)));
}
