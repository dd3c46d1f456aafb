#include "fanout/session.hpp"

#include "fanout/hub.hpp"
#include "fanout/messages.hpp"

#include <utility>

namespace stockcast {

namespace {

/// Answers that may wait because their reader does not read. Beyond: it only talks (1008).
constexpr std::size_t answers_bytes_max = std::size_t{16} * 1024;
/// Announcements are not resumed, so a client that reads nothing may miss some.
constexpr std::size_t announcements_bytes_max = std::size_t{64} * 1024;
/// The sweep comes once a second, so this early is never late.
constexpr std::chrono::seconds sweep_interval{1};
/// Changes that a filter looks at before others get their turn.
constexpr std::size_t filtered_at_once = 4096;

}  // namespace

Session::Session(Hub& hub, Transport& transport, std::unique_ptr<ByteStream> stream, std::optional<Instant> expires)
    : hub_(hub),
      transport_(transport),
      stream_(std::move(stream)),
      expires_(expires),
      since_(hub.clock.now()),
      last_message_(since_),
      last_progress_(since_),
      quiet_(hub.executor) {}

Session::~Session() = default;

void Session::greet(const Resume& resume, std::shared_ptr<const Filter> filter) {
    filter_ = std::move(filter);
    cursor_ = hub_.head();
    append_opening(control_);
    say(messages::hello(cursor_, hub_.epoch));
    if (const auto reason = obstacle(resume)) {
        reset(*reason);
        if (*reason == messages::ResetReason::ahead) hub_.note_ahead(*resume.since);
    } else if (resume.since) {
        cursor_ = *resume.since;
        owes_caught_up_ = true;
        ++transport_.resumes;
    }
    advance();
}

std::optional<messages::ResetReason> Session::obstacle(const Resume& resume) const {
    using messages::ResetReason;
    if (resume.is_unreadable) return ResetReason::unreadable;
    if (!resume.epoch.empty() && resume.epoch != hub_.epoch) return ResetReason::other_epoch;
    if (resume.since && *resume.since > hub_.head()) return ResetReason::ahead;
    return std::nullopt;
}

void Session::reset(messages::ResetReason reason) {
    ++transport_.resets[static_cast<std::size_t>(reason)];
    owes_caught_up_ = false;
    say(messages::reset(cursor_, reason));
}

void Session::say(std::string_view json) {
    transport_.framing->append_message(control_, json);
}

void Session::answer(std::string_view json) {
    say(json);
    if (control_.size() > answers_bytes_max) return say_goodbye(CloseCode::policy, "too many messages without reading");
    advance();
}

void Session::announce(std::string_view type, std::string_view frame) {
    if (stage_ != Stage::open || control_.size() > announcements_bytes_max) return;
    if (filter_ && !filter_->passes_announcement(type)) return;
    control_ += frame;
    if (!is_writing_) hub_.send_soon(*this);
}

void Session::say_goodbye(CloseCode code, std::string_view reason) {
    say_goodbye({code, reason, std::nullopt});
}

void Session::stop() {
    say_goodbye({CloseCode::going_away, "the server is stopping", hub_.come_back_in()});
}

void Session::say_goodbye(const Goodbye& goodbye) {
    if (stage_ != Stage::open) return;
    begin_closing();
    ++transport_.closed[static_cast<unsigned>(goodbye.code)];
    append_goodbye(control_, goodbye);
    advance();
}

void Session::begin_closing() {
    stage_ = Stage::closing;
    goodbye_until_ = hub_.clock.now() + hub_.settings.goodbye;
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
    if (stage_ == Stage::open) ++transport_.left;
    stage_ = Stage::over;
    stream_->close();
    auto& queued = static_cast<intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>&>(*this);
    if (queued.is_linked()) queued.unlink();
}

asio::awaitable<void> Session::quiet() {
    while (is_writing_ || is_reading_log_ || is_finishing_) {
        auto woken = co_await quiet_.wait();
        if (!woken) co_return;
    }
}

void Session::finish_sending() {
    is_finishing_ = true;
    stream_->start_shutdown([self = shared_from_this()](error_code, std::size_t) {
        self->is_finishing_ = false;
        self->quiet_.notify_all();
    });
}

std::size_t Session::advance() {
    if (is_writing_ || stage_ == Stage::over) return 0;
    std::string out = std::exchange(control_, {});
    append_owed(out);

    if (stage_ == Stage::closing) {
        if (out.empty()) return 0;
        goodbye_in_write_ = true;
        return write(std::move(out));
    }
    append_changes(out);
    if (!out.empty()) return write(std::move(out));
    if (!is_reading_log_ && cursor_ == hub_.head()) hub_.rest(*this);
    return 0;
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
        transport_.framing->append_message(out, messages::caught_up(cursor_));
    }
}

void Session::append_from_ring(std::string& out) {
    while (cursor_ < hub_.head() && out.size() < hub_.settings.write_bytes) {
        const auto spans = transport_.ring.after(cursor_, hub_.settings.write_bytes - out.size());
        if (!spans) {
            if (out.empty()) start_reading_log();
            return;
        }
        // Copied, not sent from the arena: what a full socket leaves over could be overwritten there. It costs some
        // 20 ns a change and client, beside the 5 µs of the send itself, and memory only while a write is under way.
        out += spans->first;
        out += spans->second;
        transport_.changes_sent += spans->last - cursor_;
        cursor_ = spans->last;
    }
}

void Session::append_filtered(std::string& out) {
    auto left = filtered_at_once;
    while (cursor_ < hub_.head() && out.size() < hub_.settings.write_bytes) {
        const auto* entry = transport_.ring.entry(cursor_ + 1);
        if (entry == nullptr) {
            if (out.empty()) start_reading_log();
            return;
        }
        if (left-- == 0) {
            if (out.empty()) hub_.send_soon(*this);
            return;
        }
        if (filter_->passes(entry->type, entry->code, entry->warehouses)) {
            out += transport_.ring.frame(*entry);
            ++transport_.changes_sent;
        }
        cursor_ = entry->seq;
    }
}

std::size_t Session::write(std::string out) {
    writing_ = std::move(out);
    written_ = 0;
    is_writing_ = true;
    last_message_ = last_progress_ = hub_.clock.now();
    send();
    return writing_.size();
}

void Session::send() {
    const asio::const_buffer rest{writing_.data() + written_, writing_.size() - written_};
    stream_->start_write(
        {&rest, 1}, [self = shared_from_this()](error_code ec, std::size_t count) { self->on_written(ec, count); });
}

void Session::on_written(error_code ec, std::size_t count) {
    last_progress_ = hub_.clock.now();
    written_ += count;
    transport_.bytes_sent += count;
    if (!ec && written_ < writing_.size() && stage_ != Stage::over) return send();

    writing_ = {};
    is_writing_ = false;
    const bool has_said_goodbye = std::exchange(goodbye_in_write_, false);
    if (has_said_goodbye) goodbye_written_ = true;
    if (ec) end();
    quiet_.notify_all();
    if (has_said_goodbye && stage_ != Stage::over) on_goodbye_written();
    // Whoever has more to catch up with waits for his turn: a thousand of them must not stand before a webhook.
    if (stage_ == Stage::open && control_.empty() && cursor_ < hub_.head()) return hub_.send_soon(*this);
    advance();
}

}  // namespace stockcast
