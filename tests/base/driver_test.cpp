#include "stockcast/base/driver.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>

using namespace stockcast;
using namespace std::chrono_literals;

TEST_CASE("a driver's turns run on a thread of their own, one after each wake, until one is the last", "[driver]") {
    std::promise<std::thread::id> first;
    std::promise<void> second;
    int turns = 0;
    const auto driver = make_driver_thread();
    driver->start([&]() -> Driver::Next {
        if (++turns == 1) first.set_value(std::this_thread::get_id());
        if (turns == 2) second.set_value();
        return {.is_over = turns == 3, .again = {}};
    });
    driver->wake();
    CHECK(first.get_future().get() != std::this_thread::get_id());
    driver->wake();
    second.get_future().get();
    driver->wake();
    driver->join();
    CHECK(turns == 3);
    driver->join();
}

TEST_CASE("a turn that asks for another one gets it without being woken", "[driver]") {
    int turns = 0;
    const auto driver = make_driver_thread();
    driver->start([&]() -> Driver::Next { return {.is_over = ++turns == 5, .again = 0ms}; });
    driver->wake();
    driver->join();
    CHECK(turns == 5);
}

TEST_CASE("what wakes a driver before it was started, or in the middle of a turn, is not lost", "[driver]") {
    int turns = 0;
    const auto driver = make_driver_thread();
    driver->wake();
    driver->start([&]() -> Driver::Next {
        driver->wake();
        return {.is_over = ++turns == 3, .again = {}};
    });
    driver->join();
    CHECK(turns == 3);
}
