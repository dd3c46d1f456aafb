// That each mode runs to its end and sees what it is there for; what it measures is no test's matter.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

namespace stockcast::e2e {
namespace {

const World::Environment unlimited{{"SIIGO_ENABLED", "false"}, {"RATE_LIMIT_API", "0"}, {"RATE_LIMIT_OPEN", "0"}};

Ran bench(World& world, std::vector<std::string> arguments) {
    const TemporaryDirectory directory;
    arguments.insert(arguments.begin(), STOCKCAST_BENCH_PROGRAM);
    arguments.insert(arguments.begin() + 2, "http://127.0.0.1:" + std::to_string(world.port()));
    return run_to_end(std::move(arguments), {}, directory.path());
}

bool says(const Ran& ran, const std::string& text) {
    return ran.output.find(text) != std::string::npos;
}

TEST_CASE("stockcast-bench read asks for products, logs and the past", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto read = [&] {
        return bench(world, {"read", "--token", World::viewer_token(), "--seconds", "1", "--runs", "1"});
    };
    const auto without_products = read();
    CHECK(without_products.exit_code == 1);
    CHECK(says(without_products, "no products"));

    for (const auto* quantity : {"1", "2", "3"})
        REQUIRE(world
                    .notify(Notification{.quantity = quantity,
                                         .stock_updated = std::string{"2025-01-20T10:30:0"} + quantity + "Z"}
                                .json())
                    .status == 200);
    const auto ran = read();
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    for (const auto* row : {"one product / healthz", "100 newest logs", "100 logs deep inside", "?at="})
        CHECK(says(ran, row));

    const auto refused = bench(world, {"read", "--token", "none", "--seconds", "1", "--runs", "1"});
    CHECK(refused.exit_code == 1);
    CHECK(says(refused, "401"));
}

TEST_CASE("stockcast-bench overload sends webhooks alone and beside exports and searches", "[e2e]") {
    World world{{.server = unlimited}};
    world.start_server();
    const auto overload = [&](const std::string& secret) {
        return bench(world, {"overload", "--token", World::viewer_token(), "--secret", secret, "--seconds", "1",
                             "--runs", "1", "--products", "20"});
    };
    const auto ran = overload(World::secret());
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(says(ran, "p99 beside / alone"));
    CHECK(says(ran, "exports: "));
    CHECK_FALSE(says(ran, "exports: none"));
    CHECK(overload(World::secret() + "-wrong").exit_code == 1);
}

TEST_CASE("stockcast-bench reads and overloads this machine alone", "[e2e]") {
    const TemporaryDirectory directory;
    const auto ran =
        run_to_end({STOCKCAST_BENCH_PROGRAM, "read", "http://192.0.2.1:5000", "--token", "none"}, {}, directory.path());
    CHECK(ran.exit_code == 1);
    CHECK(says(ran, "not on this machine"));
}

}  // namespace
}  // namespace stockcast::e2e
