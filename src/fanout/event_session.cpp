#include "fanout/event_session.hpp"

#include "fanout/hub.hpp"
#include "fanout/messages.hpp"

namespace stockcast {

namespace {

void append_retry(std::string& out, std::chrono::milliseconds wait) {
    out.append("retry: ").append(std::to_string(wait.count())).append("\n");
}

}  // namespace

/// What follows the request has no meaning (the answer lasts until the connection ends): a little is let pass.
void EventSession::take(std::string_view bytes) {
    unasked_bytes_ += bytes.size();
    if (unasked_bytes_ > hub_.settings.message_bytes_max) say_goodbye(CloseCode::policy, "nothing is read here");
}

void EventSession::append_opening(std::string& out) {
    append_retry(out, hub_.come_back_in());
}

void EventSession::append_goodbye(std::string& out, const Goodbye& goodbye) {
    if (goodbye.come_back_in) append_retry(out, *goodbye.come_back_in);
    transport().framing->append_message(out, messages::close(static_cast<unsigned>(goodbye.code), goodbye.reason));
}

}  // namespace stockcast
