// How a session that has fallen out of the ring reads the change log: in turns, a bounded part each.
#include "fanout/change_log.hpp"
#include "fanout/hub.hpp"
#include "fanout/messages.hpp"
#include "fanout/session.hpp"

#include "stockcast/base/offload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <limits>

namespace stockcast {

void Session::start_reading_log() {
    is_reading_log_ = true;
    asio::co_spawn(hub_.executor, read_log(shared_from_this(), hub_.shared_from_this()),
                   [self = shared_from_this()](std::exception_ptr thrown) {
                       if (thrown) self->give_up_log("out of memory");
                   });
}

asio::awaitable<void> Session::read_log(std::shared_ptr<Session> self, std::shared_ptr<Hub> hub) {
    co_await hub->log_turns.take();
    const Turns::Taken turn{hub->log_turns};
    if (self->stage_ != Stage::open) co_return;

    const ChangeRange range{self->cursor_, hub->head(), hub->settings.log_read_bytes,
                            std::numeric_limits<std::size_t>::max()};
    const auto filter = self->filter_;
    auto part = co_await offload(
        hub->workers, [&store = hub->store, range, filter] { return read_change_log(store, range, filter); });
    self->is_reading_log_ = false;
    if (part) {
        self->take_log_part(*part, filter);
    } else {
        self->give_up_log(part.error().message());
    }
}

void Session::give_up_log(std::string_view reason) {
    hub_.log.error({"The change log can't be read after {seq}: {reason}",
                    "No se puede leer el registro de cambios después de {seq}: {reason}"},
                   {{"seq", cursor_}, {"reason", reason}});
    say_goodbye(CloseCode::internal, "the change log could not be read");
}

void Session::take_log_part(const LogPart& part, const std::shared_ptr<const Filter>& read_with) {
    if (stage_ != Stage::open) return;
    // Nothing waits here behind a full socket, and a filter that has come meanwhile holds for all that follows: in both
    // cases it is read again from where it was.
    if (is_writing_) return;
    if (read_with != filter_) return static_cast<void>(advance());
    if (part.expired) {
        cursor_ = hub_.head();
        reset(messages::ResetReason::expired);
        return static_cast<void>(advance());
    }
    Frames frames;
    frames.ends.reserve(part.events.size());
    for (const auto& event : part.events) {
        transport_.framing->append_change(frames.bytes, event.seq, event.json);
        frames.ends.push_back({frames.bytes.size(), event.seq});
    }
    cursor_ = part.last;
    if (frames.bytes.empty())
        hub_.send_soon(*this);
    else
        write_frames(frames);
}

}  // namespace stockcast
