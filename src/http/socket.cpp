#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/door.hpp"
#include "http/origin.hpp"

#include "stockcast/net/websocket.hpp"

#include <limits>
#include <utility>

namespace stockcast {
namespace {

std::optional<Seq> read_since(Arguments& arguments) {
    return arguments.whole("since", 0, std::numeric_limits<std::int64_t>::max());
}

}  // namespace

std::optional<HttpResponse> judge_socket(const ApiSettings& settings, const HttpRequest& head, const Query& query) {
    // Only browsers send Origin, and they let any page open a socket anywhere: so this is where it is looked at.
    if (head.fields.has("Origin")) {
        const auto origin = head.fields.get("Origin");
        const bool known = is_own_origin(settings, head, origin) || is_allowed_origin(settings, origin);
        if (!known || head.fields.count("Origin") != 1) return problem(403, "Pages of this origin may not connect");
    }
    Arguments arguments{query};
    read_since(arguments);
    arguments.text("epoch");
    if (!arguments.complaint().empty()) return problem(400, arguments.complaint());

    const auto handshake = websocket::accept_handshake(head);
    if (handshake.status == 101) return std::nullopt;
    auto refused = problem(handshake.status, "This is the address of a WebSocket (RFC 6455, version 13)");
    for (const auto& [name, value] : handshake.fields.all()) {
        if (name == "Upgrade" || name == "Sec-WebSocket-Version") refused.fields.add(name, value);
    }
    return refused;
}

Resume read_resume(const Query& query) {
    Arguments arguments{query};
    Resume resume;
    resume.since = read_since(arguments);
    resume.epoch = arguments.text("epoch").value_or("");
    return resume;
}

}  // namespace stockcast
