#include "fanout/session.hpp"

#include "fanout/change_log.hpp"
#include "fanout/hub.hpp"
#include "fanout/messages.hpp"

#include "stockcast/base/offload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <limits>

namespace stockcast {

namespace {

using websocket::CloseCode;
using websocket::Incoming;
using websocket::Opcode;

/// Answers that may wait because their reader does not read. Beyond: it only talks (1008).
constexpr std::size_t answers_bytes_max = std::size_t{16} * 1024;
/// Announcements are not resumed, so a client that reads nothing may miss some.
constexpr std::size_t announcements_bytes_max = std::size_t{64} * 1024;
/// The sweep comes once a second, so this early is never late.
constexpr std::chrono::seconds sweep_interval{1};
/// Changes that a filter looks at before others get their turn.
constexpr std::size_t filtered_at_once = 4096;

}  // namespace

Session::Session(Hub& hub, std::unique_ptr<ByteStream> stream, std::optional<Instant> expires)
    : hub_(hub),
      stream_(std::move(stream)),
      expires_(expires),
      decoder_(hub.settings.message_bytes_max),
      last_message_(hub.clock.now()),
      last_progress_(last_message_),
      quiet_(hub.executor) {}

Session::~Session() = default;

void Session::greet(const Resume& resume) {
    using messages::ResetReason;
    const auto head = hub_.head();
    say(messages::hello(head, hub_.epoch));
    cursor_ = head;
    if (!resume.epoch.empty() && resume.epoch != hub_.epoch) {
        say(messages::reset(head, ResetReason::other_epoch));
    } else if (resume.since && *resume.since > head) {
        say(messages::reset(head, ResetReason::ahead));
    } else if (resume.since) {
        cursor_ = *resume.since;
        owes_caught_up_ = true;
    }
    advance();
}

void Session::say(std::string_view json) {
    websocket::append_frame(control_, Opcode::text, json);
}

void Session::answer(std::string_view json) {
    say(json);
    if (control_.size() > answers_bytes_max) return say_goodbye(CloseCode::policy, "too many messages without reading");
    advance();
}

void Session::take(std::string_view bytes) {
    if (stage_ == Stage::over || deaf_) return;
    std::vector<Incoming> incoming;
    const auto violation = decoder_.feed(bytes, incoming);
    for (const auto& message : incoming) {
        if (message.kind == Incoming::Kind::close) {
            on_close(message);
            deaf_ = true;
            return;
        }
        if (stage_ != Stage::open) continue;
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

void Session::on_message(std::string_view text) {
    auto parsed = Filter::parse(text);
    if (auto* filter = std::get_if<Filter>(&parsed)) {
        filter_ = filter->is_open() ? nullptr : std::make_shared<const Filter>(std::move(*filter));
        return answer(messages::subscribed(cursor_));
    }
    if (++errors_ > hub_.settings.client_errors_max) return say_goodbye(CloseCode::policy, "too many bad messages");
    answer(messages::error(std::get<std::string>(parsed)));
}

void Session::on_close(const Incoming& close) {
    peer_closed_ = true;
    if (stage_ == Stage::open) {
        stage_ = Stage::closing;
        goodbye_until_ = hub_.clock.now() + hub_.settings.goodbye;
        control_.clear();
        if (close.close_code == 1005) websocket::append_frame(control_, Opcode::close, {});
        if (close.close_code != 1005) websocket::append_close(control_, static_cast<CloseCode>(close.close_code), {});
        return advance();
    }
    if (close_written_) end();
}

void Session::say_goodbye(CloseCode code, std::string_view reason) {
    if (stage_ != Stage::open) return;
    stage_ = Stage::closing;
    goodbye_until_ = hub_.clock.now() + hub_.settings.goodbye;
    pong_.reset();
    websocket::append_close(control_, code, reason);
    advance();
}

void Session::announce(std::string_view type, std::string_view frame) {
    if (stage_ != Stage::open || control_.size() > announcements_bytes_max) return;
    if (filter_ && !filter_->passes_announcement(type)) return;
    control_ += frame;
    if (!is_writing_) hub_.send_soon(*this);
}

void Session::tick(Steady now, Instant wall) {
    if (stage_ == Stage::over) return;
    if (stage_ == Stage::closing) {
        if (now >= goodbye_until_) end();
        return;
    }
    if (expires_ && wall >= *expires_) return say_goodbye(CloseCode::unauthorized, "the token has expired");
    if (is_writing_) {
        if (now - last_progress_ >= hub_.settings.stalled) say_goodbye(CloseCode::try_again_later, "nothing was read");
        return;
    }
    if (now + sweep_interval > last_message_ + hub_.settings.heartbeat) {
        say(messages::heartbeat(cursor_));
        advance();
    }
}

void Session::end() {
    if (stage_ == Stage::over) return;
    stage_ = Stage::over;
    stream_->close();
    auto& queued = static_cast<intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>&>(*this);
    if (queued.is_linked()) queued.unlink();
}

asio::awaitable<void> Session::quiet() {
    while (is_writing_ || is_reading_log_) {
        auto woken = co_await quiet_.wait();
        if (!woken) co_return;
    }
}

void Session::advance() {
    if (is_writing_ || stage_ == Stage::over) return;
    std::string out = std::move(control_);
    control_.clear();
    if (pong_) websocket::append_frame(out, Opcode::pong, *std::exchange(pong_, std::nullopt));

    if (stage_ == Stage::closing) {
        if (out.empty()) return;
        close_in_write_ = true;
        return write(std::move(out));
    }
    append_changes(out);
    if (!out.empty()) return write(std::move(out));
    if (!is_reading_log_ && cursor_ == hub_.head()) hub_.rest(*this);
}

/// What follows the cursor: from the last turn of the log, from the ring, or (nothing else being left to send) by
/// asking for a turn at the log.
void Session::append_changes(std::string& out) {
    if (is_reading_log_) return;
    out += std::exchange(backlog_, {});
    if (filter_) {
        append_filtered(out);
    } else {
        append_from_ring(out);
    }
    if (owes_caught_up_ && !is_reading_log_ && cursor_ == hub_.head()) {
        owes_caught_up_ = false;
        websocket::append_frame(out, Opcode::text, messages::caught_up(cursor_));
    }
}

void Session::append_from_ring(std::string& out) {
    while (cursor_ < hub_.head() && out.size() < hub_.settings.write_bytes) {
        const auto spans = hub_.ring.after(cursor_, hub_.settings.write_bytes - out.size());
        if (!spans) {
            if (out.empty()) start_reading_log();
            return;
        }
        // Copied, not sent from the arena: what a full socket leaves over could be overwritten there. It costs some
        // 20 ns a change and client, beside the 5 µs of the send itself, and memory only while a write is under way.
        out += spans->first;
        out += spans->second;
        cursor_ = spans->last;
    }
}

void Session::append_filtered(std::string& out) {
    auto left = filtered_at_once;
    while (cursor_ < hub_.head() && out.size() < hub_.settings.write_bytes) {
        const auto* entry = hub_.ring.entry(cursor_ + 1);
        if (entry == nullptr) {
            if (out.empty()) start_reading_log();
            return;
        }
        if (left-- == 0) {
            if (out.empty()) hub_.send_soon(*this);
            return;
        }
        if (filter_->passes(entry->type, entry->code, entry->warehouses)) out += hub_.ring.frame(*entry);
        cursor_ = entry->seq;
    }
}

void Session::write(std::string out) {
    writing_ = std::move(out);
    written_ = 0;
    is_writing_ = true;
    last_message_ = last_progress_ = hub_.clock.now();
    send();
}

void Session::send() {
    const asio::const_buffer rest{writing_.data() + written_, writing_.size() - written_};
    stream_->start_write(
        {&rest, 1}, [self = shared_from_this()](error_code ec, std::size_t count) { self->on_written(ec, count); });
}

void Session::on_written(error_code ec, std::size_t count) {
    last_progress_ = hub_.clock.now();
    written_ += count;
    if (!ec && written_ < writing_.size() && stage_ != Stage::over) return send();

    writing_ = {};
    is_writing_ = false;
    close_written_ = close_in_write_;
    if (ec || (close_written_ && peer_closed_)) end();
    quiet_.notify_all();
    advance();
}

void Session::start_reading_log() {
    is_reading_log_ = true;
    asio::co_spawn(hub_.executor, read_log(shared_from_this(), hub_.shared_from_this()),
                   [self = shared_from_this()](std::exception_ptr thrown) {
                       self->is_reading_log_ = false;
                       if (thrown) self->give_up_log("out of memory");
                       self->quiet_.notify_all();
                       self->advance();
                   });
}

asio::awaitable<void> Session::read_log(std::shared_ptr<Session> self, std::shared_ptr<Hub> hub) {
    co_await hub->log_turns.take();
    struct Turn {
        Hub& hub;
        ~Turn() { hub.log_turns.give_back(); }
    };
    const Turn turn{*hub};
    if (self->stage_ != Stage::open) co_return;

    const LogRange range{self->cursor_, hub->head(), hub->settings.log_read_bytes,
                         std::numeric_limits<std::size_t>::max()};
    const auto filter = self->filter_;
    auto part = co_await offload(
        hub->workers, [&store = hub->store, range, filter] { return read_change_log(store, range, filter); });
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
    if (read_with != filter_) return;  // it has subscribed to something else meanwhile: read again from where it was
    if (part.expired) {
        cursor_ = hub_.head();
        owes_caught_up_ = false;
        say(messages::reset(cursor_, messages::ResetReason::expired));
        return;
    }
    for (const auto& event : part.events) websocket::append_frame(backlog_, Opcode::text, event.json);
    cursor_ = part.last;
}

}  // namespace stockcast
