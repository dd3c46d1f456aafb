#include "http/position.hpp"

#include <charconv>

namespace stockcast {
Resume read_position(Arguments& arguments) {
    Resume resume;
    resume.since = arguments.seq("since");
    resume.epoch = arguments.text("epoch").value_or("");
    return resume;
}

Resume parse_event_id(std::string_view id) {
    Resume resume;
    if (const auto colon = id.rfind(':'); colon != std::string_view::npos) {
        resume.epoch = id.substr(0, colon);
        resume.is_unreadable = resume.epoch.empty();
        id.remove_prefix(colon + 1);
    }
    Seq seq = 0;
    const auto [rest, failed] = std::from_chars(id.data(), id.data() + id.size(), seq);
    if (failed != std::errc{} || rest != id.data() + id.size() || seq > seq_max) resume.is_unreadable = true;
    resume.since = seq;
    return resume;
}

StreamClient stream_client(const ApiSettings& settings, const Call& call) {
    StreamClient client;
    client.address = settings.trusted_proxies.client(call.request.peer, call.request.fields);
    if (!call.caller) return client;
    client.subject = call.caller->subject;
    client.expires = call.caller->expires + jwt_skew;
    return client;
}

}  // namespace stockcast
