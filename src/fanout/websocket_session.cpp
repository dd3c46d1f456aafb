#include "fanout/websocket_session.hpp"

#include "fanout/hub.hpp"
#include "fanout/messages.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace stockcast {

using websocket::Incoming;
using websocket::Opcode;

WebSocketSession::WebSocketSession(std::shared_ptr<Hub> hub, Transport& transport, TakenOver connection,
                                   StreamClient client)
    : Session(std::move(hub), transport, std::move(connection), std::move(client)),
      decoder_(hub_.settings.message_bytes_max) {}

void WebSocketSession::take(std::string_view bytes) {
    if (is_over() || deaf_) return;
    std::vector<Incoming> incoming;
    const auto violation = decoder_.feed(bytes, incoming);
    for (const auto& message : incoming) {
        if (message.kind == Incoming::Kind::close) {
            on_close(message);
            deaf_ = true;
            return;
        }
        if (!is_open()) continue;
        switch (message.kind) {
            case Incoming::Kind::text: on_message(message.payload); break;
            case Incoming::Kind::binary: say_goodbye(CloseCode::unsupported, "text messages only"); break;
            case Incoming::Kind::ping:
                pong_ = message.payload;
                advance();
                break;
            case Incoming::Kind::pong:
            case Incoming::Kind::close: break;
        }
    }
    if (violation) {
        deaf_ = true;
        say_goodbye(*violation, "");
    }
}

void WebSocketSession::on_message(std::string_view text) {
    auto parsed = Filter::parse(text);
    if (auto* filter = std::get_if<Filter>(&parsed)) {
        narrow(filter->is_open() ? nullptr : std::make_shared<const Filter>(std::move(*filter)));
        return answer(messages::subscribed(cursor()));
    }
    if (++errors_ > hub_.settings.client_errors_max) return say_goodbye(CloseCode::policy, "too many bad messages");
    answer(messages::error(std::get<std::string>(parsed)));
}

void WebSocketSession::on_close(const Incoming& close) {
    peer_closed_ = true;
    if (is_open()) {
        begin_closing();
        ++transport().left;
        control_.clear();
        pong_.reset();
        if (close.close_code == 1005) websocket::append_frame(control_, Opcode::close, {});
        if (close.close_code != 1005) websocket::append_close(control_, static_cast<CloseCode>(close.close_code), {});
        advance();
        return;
    }
    if (is_goodbye_written()) end();
}

void WebSocketSession::append_owed(std::string& out) {
    if (pong_) websocket::append_frame(out, Opcode::pong, *std::exchange(pong_, std::nullopt));
}

void WebSocketSession::append_goodbye(std::string& out, const Goodbye& goodbye) {
    pong_.reset();
    if (!goodbye.come_back_in) return websocket::append_close(out, goodbye.code, goodbye.reason);
    const auto wait = std::to_string(goodbye.come_back_in->count());
    websocket::append_close(out, goodbye.code, std::string{goodbye.reason} + "; come back in " + wait + " ms");
}

void WebSocketSession::on_goodbye_written() {
    if (peer_closed_) end();
}

}  // namespace stockcast
