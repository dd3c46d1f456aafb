#include "fanout/session.hpp"

#include "fanout/hub.hpp"
#include "fanout/messages.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace stockcast {

namespace {

/// Answers that may wait because their reader does not read. Beyond: it only talks (1008).
constexpr std::size_t answers_bytes_max = std::size_t{16} * 1024;
/// Announcements are not resumed, so a client that reads nothing may miss some.
constexpr std::size_t announcements_bytes_max = std::size_t{64} * 1024;
/// The sweep comes once a second, so this early is never late.
constexpr std::chrono::seconds sweep_interval{1};
/// The longest that Linux waits before it sends again what was lost (TCP_RTO_MAX).
constexpr std::chrono::minutes retransmission_max{2};
/// Changes that a filter looks at before others get their turn.
constexpr std::size_t filtered_at_once = 4096;

/// `count` bytes of both spans together, from `first` on.
std::string copy_of(const Ring::Spans& spans, std::size_t first, std::size_t count) {
    std::string bytes;
    bytes.reserve(count);
    if (first < spans.first.size()) bytes += spans.first.substr(first, count);
    if (bytes.size() < count) {
        const auto from = first + bytes.size() - spans.first.size();
        bytes += spans.second.substr(from, count - bytes.size());
    }
    return bytes;
}

}  // namespace

Session::Session(std::shared_ptr<Hub> hub, Transport& transport, TakenOver connection, StreamClient client)
    : hub_(*hub),
      control_(std::move(connection.opening)),
      kept_hub_(std::move(hub)),
      transport_(transport),
      place_(std::move(connection.place)),
      stream_(std::move(connection.stream)),
      id_(hub_.next_id()),
      client_(std::move(client)),
      connected_at_(hub_.clock.wall()),
      since_(hub_.clock.now()),
      last_message_(since_),
      last_progress_(since_) {
    stream_->bound_unsent(hub_.settings.unsent_bytes);
    hub_.add(*this);
}

Session::~Session() {
    hub_.remove(*this);
}

void Session::begin(const Resume& resume, std::shared_ptr<const Filter> filter, std::string_view already_read) {
    greet(resume, std::move(filter));
    take(already_read);
    if (hub_.is_stopping()) stop();
    listen();
}

void Session::listen() {
    stream_->start_read({}, [self = shared_from_this()](error_code ec, std::size_t) { self->on_readable(ec); });
}

void Session::on_readable(error_code ec) {
    if (!ec && !is_over()) ec = read();
    if (ec) end();
    if (!is_over()) listen();
}

error_code Session::read() {
    try {
        error_code ec;
        const auto count = stream_->read_now(asio::buffer(hub_.scratch), ec);
        take({hub_.scratch.data(), count});
        return ec;
    } catch (const std::exception& thrown) {
        hub_.log.error({"A client's stream ends: {reason}", "Termina el flujo de un cliente: {reason}"},
                       {{"reason", thrown.what()}});
        return Errc::closed;
    }
}

void Session::greet(const Resume& resume, std::shared_ptr<const Filter> filter) {
    narrow(std::move(filter));
    cursor_ = hub_.head();
    append_opening(control_);
    say(messages::hello(cursor_, hub_.epoch, hub_.head_hash()));
    if (const auto reason = obstacle(resume)) {
        reset(*reason);
        if (*reason == messages::ResetReason::ahead) hub_.note_ahead(*resume.since);
    } else if (resume.since) {
        cursor_ = *resume.since;
        owes_caught_up_ = true;
        ++transport_.resumes;
    }
    // What it missed comes when its turn does: a thousand that come back at once must not stand before a webhook.
    if (cursor_ < hub_.head())
        write(std::exchange(control_, {}));
    else
        advance();
}

Seq Session::cursor() const {
    return is_parked_ ? hub_.head() : cursor_;
}

StreamState Session::state(Steady now) const {
    const auto waiting = writing_.size() - written_ + control_.size();
    return {.id = id_,
            .transport = transport_.name,
            .client = client_,
            .connected_at = connected_at_,
            .filter = filter_,
            .cursor = cursor(),
            .behind = hub_.head() - cursor(),
            .behind_for = hub_.behind_for(*this, now),
            .bytes_waiting = waiting + stream_->unacknowledged()};
}

void Session::narrow(std::shared_ptr<const Filter> filter) {
    unpark();
    if (filter_) hub_.narrowed.remove(*this, *filter_);
    filter_ = std::move(filter);
    if (filter_) hub_.narrowed.add(*this, *filter_);
}

void Session::unpark() {
    cursor_ = cursor();
    is_parked_ = false;
}

bool Session::wake_for(const PublishedChange& change) {
    if (!is_parked_ || !filter_->passes(change.type, change.code, change.warehouses)) return false;
    is_parked_ = false;
    cursor_ = change.seq - 1;
    return true;
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
    if (client_.expires && wall >= *client_.expires)
        return say_goodbye(CloseCode::unauthorized, "the token has expired");
    if (is_writing_) {
        if (takes_nothing(now)) say_goodbye(CloseCode::try_again_later, "nothing was read");
        return;
    }
    if (now + sweep_interval > last_message_ + hub_.settings.heartbeat) {
        say(messages::heartbeat(cursor()));
        advance();
    }
}

/// Whoever reads again after a long stall may have to wait for what was lost meanwhile: its system has room then.
bool Session::takes_nothing(Steady now) {
    const auto waited = now - last_progress_;
    if (waited < hub_.settings.stalled) return false;
    return waited >= hub_.settings.stalled + retransmission_max || stream_->without_room() >= hub_.settings.stalled;
}

void Session::end() {
    if (stage_ == Stage::over) return;
    if (stage_ == Stage::open) ++transport_.left;
    stage_ = Stage::over;
    unpark();
    stream_->close();
    auto& queued = static_cast<intrusive::list_base_hook<intrusive::tag<InQueue>, UnlinkItself>&>(*this);
    if (queued.is_linked()) queued.unlink();
}

void Session::finish_sending() {
    stream_->start_shutdown([self = shared_from_this()](error_code, std::size_t) {});  // tick() bounds what follows
}

std::size_t Session::advance() {
    if (is_writing_ || stage_ == Stage::over) return 0;
    unpark();
    std::string out = std::exchange(control_, {});
    append_owed(out);

    if (stage_ == Stage::closing) {
        if (out.empty()) return 0;
        goodbye_in_write_ = true;
        return write(std::move(out));
    }
    if (owes_caught_up_ && cursor_ == hub_.head()) {
        owes_caught_up_ = false;
        transport_.framing->append_message(out, messages::caught_up(cursor_));
    }
    if (!out.empty()) return write(std::move(out));
    return is_reading_log_ ? 0 : send_changes();
}

std::size_t Session::send_changes() {
    if (cursor_ == hub_.head()) return hub_.rest(*this), 0;
    return filter_ ? send_filtered() : send_from_ring();
}

/// The way of nearly every delivery: from the arena into the socket, without a copy, a completion or an allocation.
std::size_t Session::send_from_ring() {
    const auto spans = transport_.ring.after(cursor_, hub_.settings.write_bytes);
    if (!spans) return start_reading_log(), 0;

    const std::array both{asio::buffer(spans->first), asio::buffer(spans->second)};
    const auto size = both[0].size() + both[1].size();
    const auto taken = write_now({both.data(), spans->second.empty() ? 1U : 2U});
    if (taken < size) {
        keep_rest(*spans, taken);
        return size;
    }
    transport_.changes_sent += spans->last - cursor_;
    cursor_ = spans->last;
    if (cursor_ == hub_.head() && !owes_caught_up_)
        hub_.rest(*this);
    else
        hub_.send_soon(*this);
    return size;
}

/// How far a cut write is kept, up to the end of the frame there: never nothing, or no completion would come.
std::size_t Session::kept_at_least(std::size_t taken) const {
    return taken + std::max<std::size_t>(stream_->must_follow(), 1);
}

void Session::keep_rest(const Ring::Spans& spans, std::size_t taken) {
    const auto kept = kept_at_least(taken);
    std::size_t end = 0;
    auto last = cursor_;
    while (last < spans.last && end < kept) end += transport_.ring.entry(++last)->length;
    transport_.changes_sent += last - cursor_;
    cursor_ = last;
    send_later(copy_of(spans, taken, end - taken));
}

std::size_t Session::send_filtered() {
    Frames frames;
    for (auto left = filtered_at_once; left > 0 && cursor_ < hub_.head(); --left) {
        const auto* entry = transport_.ring.entry(cursor_ + 1);
        if (entry == nullptr || frames.bytes.size() >= hub_.settings.write_bytes) break;
        if (filter_->passes(entry->type, entry->code, entry->warehouses)) {
            frames.bytes += transport_.ring.frame(*entry);
            frames.ends.push_back({frames.bytes.size(), entry->seq});
        }
        cursor_ = entry->seq;
    }
    if (!frames.bytes.empty()) return write_frames(frames);
    if (cursor_ == hub_.head()) return advance();
    if (transport_.ring.entry(cursor_ + 1) == nullptr) return start_reading_log(), 0;
    return hub_.send_soon(*this), 0;
}

/// What may not be read again: all of it is kept.
std::size_t Session::write(std::string out) {
    const auto bytes = asio::buffer(std::as_const(out));
    const auto taken = write_now({&bytes, 1});
    if (taken == out.size())
        after_write();
    else
        send_later(out.substr(taken));
    return bytes.size();
}

/// The cursor is after the last of them; a full socket sets it back to what is kept.
std::size_t Session::write_frames(const Frames& frames) {
    const auto size = frames.bytes.size();
    const auto bytes = asio::buffer(frames.bytes);
    const auto taken = write_now({&bytes, 1});
    if (taken == size) {
        transport_.changes_sent += frames.ends.size();
        after_write();
        return size;
    }
    const auto kept = std::min(size, kept_at_least(taken));
    const auto end = std::ranges::lower_bound(frames.ends, kept, {}, &Frames::End::at);
    transport_.changes_sent += static_cast<std::uint64_t>(end - frames.ends.begin()) + 1;
    if (end->at < size) cursor_ = end->seq;
    send_later(frames.bytes.substr(taken, end->at - taken));
    return size;
}

std::size_t Session::write_now(std::span<const asio::const_buffer> bytes) {
    last_message_ = last_progress_ = hub_.clock.now();
    const auto taken = stream_->write_now(bytes);
    transport_.bytes_sent += taken;
    return taken;
}

/// A completion goes on with it.
void Session::send_later(std::string rest) {
    writing_ = std::move(rest);
    written_ = 0;
    is_writing_ = true;
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
    transport_.bytes_sent += count;
    if (!ec && written_ < writing_.size() && stage_ != Stage::over) return send();

    writing_ = {};
    written_ = 0;
    is_writing_ = false;
    if (ec) {
        goodbye_in_write_ = false;
        end();
    }
    after_write();
}

/// All of it is with the kernel: what next?
void Session::after_write() {
    if (std::exchange(goodbye_in_write_, false)) {
        goodbye_written_ = true;
        if (stage_ != Stage::over) on_goodbye_written();
    }
    // Whoever has more to catch up with waits for his turn: a thousand of them must not stand before a webhook.
    if (stage_ == Stage::open && control_.empty() && cursor_ < hub_.head()) return hub_.send_soon(*this);
    advance();
}

}  // namespace stockcast
