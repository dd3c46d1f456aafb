#include "simulation/listener.hpp"

#include "stockcast/base/within.hpp"
#include "stockcast/net/websocket.hpp"

#include <charconv>
#include <stdexcept>

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

/// Masked with zeros, which RFC 6455 doesn't forbid.
std::string client_frame(websocket::Opcode opcode, std::string_view payload) {
    std::string frame{static_cast<char>(0x80 | static_cast<int>(opcode)), static_cast<char>(0x80 | payload.size())};
    return frame.append(4, '\0').append(payload);
}

}  // namespace

Listener::Listener(std::uint64_t seed, std::string name, Process& process, Network& network, std::string host, Log& log,
                   Habits habits)
    : name_(std::move(name)),
      chance_(seed, name_),
      process_(process),
      host_(std::move(host)),
      habits_(habits),
      connector_(network.connector(process)),
      life_(process.executor(), process.clock(), log) {}

void Listener::start() {
    life_.spawn(name_, live());
}

asio::awaitable<void> Listener::live() {
    for (;;) {
        co_await listen_once();
        if (chance_.chance(habits_.forgets)) knows_its_place_ = false;
        const auto slept = co_await process_.clock().sleep_for(chance_.duration(100ms, habits_.away + 200ms));
        if (!slept) co_return;
    }
}

asio::awaitable<void> Listener::listen_once() {
    auto& clock = process_.clock();
    auto connected = co_await connector_->connect({false, host_, 80}, clock.now() + 10s);
    if (!connected) co_return;
    const auto stream = *std::move(connected);
    unread_.clear();
    const auto leaves_at = clock.now() + chance_.duration(1s, habits_.stays + 2s);
    const auto asked = request();
    auto sent = co_await write_all(*stream, asked);
    if (!sent) co_return;
    bool goes_on = co_await read_head(*stream);
    while (goes_on && clock.now() < leaves_at) {
        goes_on = take_frames();
        if (!reply_.empty()) {
            auto replied = co_await write_all(*stream, std::exchange(reply_, {}));
            goes_on = goes_on && replied.has_value();
        }
        if (chance_.chance(habits_.naps)) {
            auto slept = co_await clock.sleep_for(chance_.duration(1s, habits_.nap));
            if (!slept) co_return;
        }
        if (goes_on) goes_on = co_await read_more(*stream);
    }
}

std::string Listener::request() const {
    auto target = std::string{"/ws"};
    if (knows_its_place_) target += "?since=" + std::to_string(position_) + "&epoch=" + epoch_;
    return "GET " + target + " HTTP/1.1\r\nHost: " + host_ +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
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

asio::awaitable<bool> Listener::read_head(ByteStream& stream) {
    for (;;) {
        const auto end = unread_.find("\r\n\r\n");
        if (end != std::string::npos) {
            const bool is_taken = unread_.starts_with("HTTP/1.1 101 ");
            unread_.erase(0, end + 4);
            co_return is_taken;
        }
        const bool more = co_await read_more(stream);
        if (!more) co_return false;
    }
}

bool Listener::take_frames() {
    for (;;) {
        if (unread_.size() < 2) return true;
        const auto opcode = static_cast<websocket::Opcode>(unread_[0] & 0x0F);
        std::size_t length = static_cast<unsigned char>(unread_[1]);
        std::size_t header = 2;
        const auto more_length = length == 126 ? 2U : length == 127 ? 8U : 0U;
        if (unread_.size() < header + more_length) return true;
        if (more_length > 0) length = 0;
        for (unsigned i = 0; i < more_length; ++i)
            length = length << 8 | static_cast<unsigned char>(unread_[header + i]);
        header += more_length;
        if (unread_.size() < header + length) return true;
        const auto payload = unread_.substr(header, length);
        unread_.erase(0, header + length);
        if (opcode == websocket::Opcode::close) return false;
        if (opcode == websocket::Opcode::ping) reply_ += client_frame(websocket::Opcode::pong, payload);
        if (opcode == websocket::Opcode::text) hear(payload);
    }
}

void Listener::hear(const std::string& text) {
    const auto message = parse_json(text);
    if (!message) throw std::runtime_error{name_ + " was told what is no JSON: " + text};
    const auto type = text_of(*message, "type");
    const auto seq = seq_of(*message);
    if (type == "hello") {
        epoch_ = text_of(*message, "epoch");
        // Who said no place begins at the head that hello names.
        if (!knows_its_place_ && seq) position_ = *seq;
        knows_its_place_ = true;
    } else if (type == "reset" && seq) {
        on_reset(*this, *seq);
        position_ = *seq;
    } else if (is_change(type) && seq) {
        on_change(*this, position_, *seq, text);
        position_ = *seq;
    }
}

}  // namespace stockcast::simulation
