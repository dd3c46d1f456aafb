#include "stockcast/fanout/framing.hpp"

#include "stockcast/net/websocket.hpp"

namespace stockcast {

void WebSocketFraming::append_change(std::string& out, Seq, std::string_view event) const {
    append_message(out, event);
}

void WebSocketFraming::append_message(std::string& out, std::string_view message) const {
    websocket::append_frame(out, websocket::Opcode::text, message);
}

void EventStreamFraming::append_change(std::string& out, Seq seq, std::string_view event) const {
    out.append("id: ").append(epoch_).append(":").append(std::to_string(seq)).append("\n");
    append_message(out, event);
}

void EventStreamFraming::append_message(std::string& out, std::string_view message) const {
    out.append("event: ").append(type_of(message)).append("\ndata: ").append(message).append("\n\n");
}

std::string_view type_of(std::string_view message) {
    constexpr std::string_view beginning = R"({"type":")";
    if (!message.starts_with(beginning)) return "message";
    message.remove_prefix(beginning.size());
    return message.substr(0, message.find('"'));
}

}  // namespace stockcast
