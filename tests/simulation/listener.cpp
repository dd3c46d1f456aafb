#include "simulation/listener.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/base/within.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

std::string text_of(const Json& object, std::string_view member) {
    const auto* value = object.find(member);
    if (!value) return {};
    if (const auto* text = value->if_string()) return *text;
    if (const auto* number = value->if_number()) return number->text;
    return {};
}

std::optional<Seq> seq_of(const Json& message) {
    const auto text = text_of(message, "seq");
    Seq seq = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (text.empty() || parsed.ec != std::errc{}) return std::nullopt;
    return seq;
}

bool is_change(std::string_view type) {
    return type == "stock_updated" || type == "product_created" || type == "product_updated" ||
           type == "product_deleted";
}

}  // namespace

Listener::Listener(std::uint64_t seed, Nature nature, Process& process, Network& network, Log& log)
    : nature_(std::move(nature)),
      chance_(seed, nature_.name),
      process_(process),
      connector_(network.connector(process)),
      life_(process.executor(), process.clock(), log) {}

void Listener::start() {
    life_.spawn(nature_.name, live());
}

const Narrowing& Listener::narrowing() const {
    static const Narrowing none;
    return is_narrowed_ ? nature_.greeting.narrowing : none;
}

asio::awaitable<void> Listener::live() {
    for (;;) {
        co_await listen_once();
        const auto& habits = nature_.habits;
        if (chance_.chance(habits.forgets)) place_ = {};
        const auto slept = co_await process_.clock().sleep_for(chance_.duration(100ms, habits.away + 200ms));
        if (!slept) co_return;
    }
}

asio::awaitable<void> Listener::listen_once() {
    auto& clock = process_.clock();
    auto& dialect = *nature_.dialect;
    auto connected = co_await connector_->connect({false, nature_.greeting.host, 80}, clock.now() + 10s);
    if (!connected) co_return;
    const auto stream = *std::move(connected);
    unread_.clear();
    const auto leaves_at = clock.now() + chance_.duration(1s, nature_.habits.stays + 2s);
    is_narrowed_ = dialect.narrows_at_once();
    auto due = dialect.begin(nature_.greeting, place_);
    while (!dialect.is_over() && clock.now() < leaves_at) {
        if (!due.empty()) {
            auto sent = co_await write_all(*stream, due);
            if (!sent) co_return;
        }
        if (chance_.chance(nature_.habits.naps)) {
            auto slept = co_await clock.sleep_for(chance_.duration(1s, nature_.habits.nap));
            if (!slept) co_return;
        }
        const bool more = co_await read_more(*stream);
        if (!more) co_return;
        for (const auto& message : dialect.take(unread_)) hear(message);
        due = dialect.reply(place_);
    }
}

asio::awaitable<bool> Listener::read_more(ByteStream& stream) {
    std::string buffer(static_cast<std::size_t>(chance_.between(1, 4096)), '\0');
    // Whoever hears nothing for a minute connects again (docs/streams.md).
    auto count =
        co_await within(process_.clock(), process_.clock().now() + 60s, read_some(stream, asio::buffer(buffer)));
    if (!count) co_return false;
    unread_.append(buffer, 0, *count);
    co_return true;
}

void Listener::hear(const std::string& text) {
    const auto message = parse_json(text);
    if (!message) throw std::runtime_error{name() + " was told what is no JSON: " + text};
    const auto type = text_of(*message, "type");
    if (type != "hello") return hear(type, seq_of(*message), text);
    place_.epoch = text_of(*message, "epoch");
    // Who said no place begins at the head that hello names.
    if (const auto seq = seq_of(*message); seq && !place_.is_known) place_.seq = *seq;
    place_.is_known = true;
}

void Listener::hear(std::string_view type, std::optional<Seq> seq, const std::string& text) {
    if (!seq) return;
    if (is_change(type)) {
        on_change(*this, place_.seq, *seq, text);
    } else if (type == "reset") {
        on_reset(*this, place_.seq);
    } else if (type == "heartbeat" || type == "caught_up" || type == "subscribed") {
        on_level(*this, place_.seq, *seq);
        is_narrowed_ = is_narrowed_ || type == "subscribed";
    } else {
        return;
    }
    place_.seq = *seq;
}

}  // namespace stockcast::simulation
