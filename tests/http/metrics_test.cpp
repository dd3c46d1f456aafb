#include "http/world.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;

TEST_CASE("metrics are open to a scraper, in Prometheus's text format", "[http][metrics]") {
    World world;
    world.metrics.counter("stockcast_example_total", "An example.").add(3);
    const auto response = world.ask(get("/metrics"));
    CHECK(response.status == 200);
    CHECK(response.fields.get("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(response.body.find("# TYPE stockcast_example_total counter\nstockcast_example_total 3\n") !=
          std::string::npos);
    CHECK(response.body.find("\nprocess_resident_memory_bytes ") != std::string::npos);
    CHECK(response.body.find("\nprocess_open_fds ") != std::string::npos);
    CHECK(response.body.find("\nprocess_start_time_seconds 1") != std::string::npos);
    CHECK(response.body.ends_with("\n"));
}

TEST_CASE("stats show the alerts that are on", "[http][status]") {
    World world;
    world.alerts.raise(AlertKind::breaker_open, "", {"SIIGO fails", "SIIGO falla"});
    const auto stats = [&] { return world.ask(get("/api/stats").bearing(world.token(Role::viewer))); };
    CHECK(text_at(stats(), "alerts.0.kind") == "breaker_open");
    CHECK(text_at(stats(), "alerts.0.mensaje") == "SIIGO falla");
    world.alerts.clear(AlertKind::breaker_open, "", {"SIIGO answers", "SIIGO responde"});
    CHECK(text_at(stats(), "alerts") == "[]");
}
