#include "app/alert_poster.hpp"

#include "siigo/scripted_siigo.hpp"
#include "support/manual_clock.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"
#include "support/seeded_random.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view key_text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Somebody who receives alerts, and the poster at work.
struct Receiver {
    asio::io_context io;
    ManualClock clock;
    SeededRandom random{1};
    RecordingLog log;
    Metrics metrics;
    ScriptedSiigo scripted{io, clock};
    AlertPoster poster;
    asio::cancellation_signal stop;
    bool ended = false;

    explicit Receiver(AlertPosterLimits limits = {})
        : poster(*AlertTarget::parse("https://ops.example/hooks/s3cret?key=k3y"), *SigningKey::parse(key_text),
                 scripted, io.get_executor(), clock, random, log, metrics, limits) {
        scripted.answer = [](const auto&) { return Reply{}; };
        asio::co_spawn(io, poster.run(),
                       asio::bind_cancellation_slot(stop.slot(), [this](std::exception_ptr) { ended = true; }));
        run_until_idle(io);
    }
    ~Receiver() {
        stop.emit(asio::cancellation_type::total);
        run_until_idle(io);
    }

    void post(std::string english) {
        Alert alert{.kind = AlertKind::disk_low, .subject = {}, .english = std::move(english), .spanish = "poco"};
        alert.since = alert.at = clock.wall();
        poster.post(alert);
        run_until_idle(io);
    }
    bool counted(std::string_view outcome, int count) const {
        const auto line =
            "stockcast_alert_posts_total{outcome=\"" + std::string{outcome} + "\"} " + std::to_string(count) + "\n";
        return metrics.text().find(line) != std::string::npos;
    }
};

}  // namespace

TEST_CASE("an alert is POSTed to the whole address, signed over id, time and body", "[alerts]") {
    Receiver receiver;
    receiver.post("low");
    REQUIRE(receiver.scripted.asked().size() == 1);
    const auto& asked = receiver.scripted.asked()[0];
    CHECK(asked.method == "POST");
    CHECK(asked.target == "/hooks/s3cret?key=k3y");
    CHECK(asked.fields.get("Content-Type") == "application/json");
    CHECK(asked.body.find(R"("kind":"disk_low")") != std::string::npos);
    const auto seconds = receiver.clock.wall().unix_ms() / 1000;
    CHECK(asked.fields.get("webhook-timestamp") == std::to_string(seconds));
    CHECK(asked.fields.get("webhook-signature") ==
          SigningKey::parse(key_text)->sign(asked.fields.get("webhook-id"), seconds, asked.body));
    CHECK(receiver.counted("delivered", 1));
}

TEST_CASE("what fails is sent again with growing pauses, under the same id and a new time", "[alerts]") {
    Receiver receiver;
    receiver.scripted.answer = [&](const auto&) {
        return receiver.scripted.asked().size() < 4 ? Reply{.status = 503} : Reply{};
    };
    receiver.post("low");
    receiver.clock.advance(receiver.io, 1min);
    const auto& asked = receiver.scripted.asked();
    REQUIRE(asked.size() == 4);
    for (std::size_t i = 1; i < asked.size(); ++i) {
        CHECK(asked[i].fields.get("webhook-id") == asked[0].fields.get("webhook-id"));
        CHECK(asked[i].fields.get("webhook-signature") != asked[0].fields.get("webhook-signature"));
        CHECK(asked[i].at - asked[i - 1].at >= 2s * (1 << (i - 1)));
    }
    CHECK(receiver.counted("failed", 3));
    CHECK(receiver.counted("delivered", 1));
    CHECK(receiver.log.count("It is tried again") == 1);
    CHECK_FALSE(receiver.log.has("s3cret"));
    CHECK_FALSE(receiver.log.has("k3y"));
}

TEST_CASE("an alert that nobody takes is given up, and the next one has its turn", "[alerts]") {
    Receiver receiver{{.give_up_after = 1min}};
    receiver.scripted.refuses_connections = true;
    receiver.post("first");
    receiver.clock.advance(receiver.io, 2min);
    CHECK(receiver.log.has("is given up"));
    CHECK(receiver.counted("dropped", 1));
    receiver.scripted.refuses_connections = false;
    receiver.post("second");
    REQUIRE(receiver.scripted.asked().size() == 1);
    CHECK(receiver.scripted.asked()[0].body.find("second") != std::string::npos);
}

TEST_CASE("alerts are sent one after the other, in their order; past the bound the oldest goes", "[alerts]") {
    Receiver receiver{{.waiting_max = 3}};
    receiver.scripted.refuses_connections = true;
    for (const char* which : {"one", "two", "three", "four", "five"}) receiver.post(which);
    CHECK(receiver.counted("dropped", 2));
    receiver.scripted.refuses_connections = false;
    receiver.clock.advance(receiver.io, 1min);
    const auto& asked = receiver.scripted.asked();
    REQUIRE(asked.size() == 3);
    CHECK(asked[0].body.find("three") != std::string::npos);
    CHECK(asked[1].body.find("four") != std::string::npos);
    CHECK(asked[2].body.find("five") != std::string::npos);
}

TEST_CASE("a stop ends the poster at once, in the middle of an answer or a pause", "[alerts]") {
    Receiver receiver;
    receiver.scripted.answer = [&](const auto&) { return Reply{.wire = Reply::Wire::silent}; };
    SECTION("while it waits for an alert") {}
    SECTION("while it waits for the answer") {
        receiver.post("low");
    }
    SECTION("while it pauses") {
        receiver.post("low");
        receiver.clock.advance(receiver.io, 16s);
    }
    CHECK_FALSE(receiver.ended);
    receiver.stop.emit(asio::cancellation_type::total);
    run_until_idle(receiver.io);
    CHECK(receiver.ended);
}

TEST_CASE("an address for alerts is https, or http on loopback, and may have a query", "[alerts]") {
    for (const char* text : {"https://ops.example", "https://ops.example/", "https://ops.example:8443/a/b?c=d&e=%20",
                             "http://127.0.0.1:9000/x", "http://localhost/x", "http://[::1]:1/x"}) {
        CAPTURE(text);
        CHECK(AlertTarget::parse(text));
    }
    for (const char* text :
         {"", "ops.example", "http://ops.example/", "ftp://ops.example/", "https://", "https://user:pass@ops.example/",
          "https://ops.example/#x", "https://ops.example/a b", "https://ops.example/\r\nX: y"}) {
        CAPTURE(text);
        CHECK_FALSE(AlertTarget::parse(text));
    }
    CHECK(AlertTarget::parse("https://ops.example")->target == "/");
    CHECK(AlertTarget::parse("https://ops.example?x=1")->target == "/?x=1");
    CHECK(AlertTarget::parse("https://ops.example/a/")->target == "/a/");
}
