#include "http/access.hpp"
#include "http/answer.hpp"
#include "http/handlers.hpp"
#include "http/origin.hpp"
#include "http/position.hpp"

#include "stockcast/net/websocket.hpp"

#include <utility>

namespace stockcast {
namespace {

/// interface.md: 400, 403, 426.
std::optional<HttpResponse> judge(const ApiSettings& settings, const HttpRequest& head, const Query& query) {
    // Only browsers send Origin, and they let any page open a socket anywhere: so this is where it is looked at.
    if (head.fields.has("Origin")) {
        const auto origin = head.fields.get("Origin");
        const bool known = is_own_origin(settings, head, origin) || is_allowed_origin(settings, origin);
        if (!known || head.fields.count("Origin") != 1) return problem(403, "Pages of this origin may not connect");
    }
    Arguments arguments{query};
    read_position(arguments);
    if (!arguments.complaint().empty()) return problem(400, arguments.complaint());

    const auto handshake = websocket::accept_handshake(head);
    if (handshake.status == 101) return std::nullopt;
    auto refused = problem(handshake.status, "This is the address of a WebSocket (RFC 6455, version 13)");
    for (const auto& [name, value] : handshake.fields.all()) {
        if (name == "Upgrade" || name == "Sec-WebSocket-Version") refused.fields.add(name, value);
    }
    return refused;
}

HttpResponse opening(const Call& call) {
    const auto shown = shown_token(call.request, call.query, Entry::stream);
    return websocket::accept_handshake(call.request, shown ? shown->subprotocol : std::string_view{});
}

void serve(Services& services, Call call, TakenOver connection) {
    Arguments arguments{call.query};
    services.broadcaster.serve_websocket(std::move(connection), read_position(arguments),
                                         stream_client(services.settings, call));
}

}  // namespace

const Stream websocket_stream{judge, opening, serve};

}  // namespace stockcast
