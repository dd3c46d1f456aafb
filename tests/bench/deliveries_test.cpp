#include "bench/deliveries.hpp"

#include "bench/notification.hpp"
#include "bench/numbering.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast::bench;
using namespace std::chrono_literals;

namespace {

Time at(std::chrono::milliseconds since_start) {
    return Time{} + since_start;
}

std::string change(std::uint64_t seq, std::uint64_t figure) {
    return R"({"type":"stock_updated","seq":)" + std::to_string(seq) + R"(,"newStock":)" + std::to_string(figure) + "}";
}

}  // namespace

TEST_CASE("each client gets each place once and in order, or it is told", "[bench]") {
    Order order{2};
    order.begin(0, 5);
    order.begin(1, 5);
    for (const std::uint64_t place : {5U, 6U, 7U}) CHECK(order.take(0, place));
    CHECK(order.passed_over() + order.doubled() + order.reordered() == 0);

    CHECK_FALSE(order.take(0, 6));
    CHECK(order.doubled() == 1);
    CHECK(order.take(1, 7));
    CHECK(order.passed_over() == 2);
    CHECK(order.take(1, 5));
    CHECK(order.passed_over() == 1);
    CHECK(order.reordered() == 1);
    CHECK_FALSE(order.take(1, 5));
    CHECK(order.doubled() == 2);
    CHECK(order.next(1) == 8);
}

TEST_CASE("what comes before a client is to get anything is double", "[bench]") {
    Order order{1};
    order.begin(0, 5);
    CHECK_FALSE(order.take(0, 4));
    CHECK(order.doubled() == 1);
}

TEST_CASE("a change is everywhere when the last client has it", "[bench]") {
    Deliveries deliveries{2};
    deliveries.begin(0, 1);
    deliveries.begin(1, 1);
    deliveries.triggered(at(0ms));
    deliveries.triggered(at(1ms));
    deliveries.seen(0, 1, 0, at(10ms));
    deliveries.seen(0, 2, 1, at(12ms));
    deliveries.seen(1, 1, 0, at(20ms));
    CHECK(deliveries.everywhere() == 1);
    CHECK(deliveries.in_flight() == 1);
    CHECK(deliveries.missing() == 1);
    CHECK(deliveries.flowing() == 0ms);
    deliveries.seen(1, 2, 1, at(30ms));
    CHECK(deliveries.in_flight() == 0);
    CHECK(deliveries.delivered() == 4);
    CHECK(deliveries.flowing() == 20ms);
    CHECK(deliveries.delays().max() == 29ms);
    CHECK(deliveries.is_flawless());

    deliveries.begin_measuring(at(30ms));
    deliveries.triggered(at(40ms));
    deliveries.seen(0, 3, 2, at(41ms));
    deliveries.seen(1, 3, 2, at(43ms));
    CHECK(deliveries.delivered() == 2);
    CHECK(deliveries.flowing() == 2ms);
}

TEST_CASE("a double doesn't stand in for another client's", "[bench]") {
    Deliveries deliveries{2};
    deliveries.triggered(at(0ms));
    deliveries.seen(0, 0, 0, at(1ms));
    deliveries.seen(0, 0, 0, at(2ms));
    CHECK(deliveries.in_flight() == 1);
    CHECK(deliveries.delivered() == 1);
    CHECK(deliveries.doubled() == 1);
    CHECK_FALSE(deliveries.is_flawless());
}

TEST_CASE("somebody else's change counts for the order alone", "[bench]") {
    Deliveries deliveries{1};
    deliveries.triggered(at(0ms));
    deliveries.seen(0, 0, std::nullopt, at(1ms));
    deliveries.seen(0, 1, 77, at(1ms));
    CHECK(deliveries.delivered() == 0);
    deliveries.seen(0, 2, 0, at(2ms));
    CHECK(deliveries.is_flawless());
}

TEST_CASE("stockcast's seq is the place, and the figure names the trigger", "[bench]") {
    const auto first = Notifications::figure_of(10);
    Numbering numbering{Numbering::Rule::by_seq, first};
    const auto number = [&](const std::string& payload) { return numbering(message_of(payload), payload); };
    CHECK(number(change(100, first)).trigger == 0U);
    CHECK(number(change(100, first)).place == 100);
    CHECK(number(change(103, first + 2)).trigger == 2U);
    CHECK(number(change(102, 7)).trigger == std::nullopt);
    CHECK(number(change(99, first + 1)).trigger == 1U);
    CHECK(number(change(99, first + 1)).place == 99);
}

TEST_CASE("the figures begin again after the last", "[bench]") {
    const auto last = Notifications::figures - 1;
    Numbering numbering{Numbering::Rule::by_seq, Notifications::figure_of(last)};
    const auto payload = change(1, Notifications::figure_of(last + 1));
    CHECK(numbering(message_of(payload), payload).trigger == 1U);
}

TEST_CASE("another server's order is that of the first sight", "[bench]") {
    const auto first = Notifications::figure_of(0);
    Numbering numbering{Numbering::Rule::by_sight, first};
    const auto number = [&](std::uint64_t trigger) {
        const auto payload = change(first + trigger, 1);
        return numbering(message_of(payload), payload);
    };
    CHECK(number(1).place == 0);
    CHECK(number(1).trigger == 1U);
    CHECK(number(0).place == 1);
    CHECK(number(1).place == 0);
    CHECK(number(2).place == 2);
}
