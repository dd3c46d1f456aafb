#include "siigo/call_gate.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/siigo/journal.hpp"
#include "stockcast/store/fields.hpp"

#include <openssl/evp.h>

#include <array>
#include <initializer_list>
#include <stdexcept>

/// The form in which a CallGate outlives a restart: store/fields.hpp, version 1.
namespace stockcast::siigo {
namespace {

constexpr std::uint8_t form = 1;

enum Tag : std::uint8_t {
    tag_user = 1,
    tag_user_and_key = 2,
    tag_send = 3,         ///< several, oldest first
    tag_bucket_hour = 4,  ///< several, each followed by its two counts
    tag_bucket_calls = 5,
    tag_bucket_failures = 6,
    tag_refusals = 7,
    tag_closed_since = 8,
    tag_next_probe = 9,
    tag_hold_until = 10,
    tag_probe_pause = 11,    ///< seconds; absent: the shortest
    tag_breaker_pause = 12,  ///< seconds; with the next one: only while the breaker is open
    tag_breaker_until = 13,
    tag_refusal_pause = 16,  ///< seconds, before the next probe
    tag_saved_wall = 14,     ///< the moment of saving, by both clocks
    tag_saved_steady = 15,   ///< nanoseconds since the machine started
};

/// 96 bits of SHA-256: enough to tell two apart, too few to be of use for anything else.
std::string digest(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (auto part : parts) text.append(std::to_string(part.size())).append(":").append(part);
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr) != 1 || size < 12) {
        throw std::runtime_error("OpenSSL has no SHA-256");
    }
    return {reinterpret_cast<const char*>(out.data()), 12};
}

Instant to_wall(Steady at, Moment now) {
    return now.wall + std::chrono::duration_cast<Instant::Ticks>(at - now.steady);
}

constexpr std::chrono::hours longest_hold{2};
constexpr std::uint64_t breaker_pause_kept_max = 7 * 24 * 3600;  ///< seconds: more is no pause of ours

struct Stored {
    std::string user;
    std::string user_and_key;
    std::vector<Instant> sends;
    std::vector<FailureShare::Bucket> buckets;
    RefusalGate::State refusals;
    std::optional<Instant> hold_until;
    std::uint64_t probe_pause = 0;
    std::uint64_t breaker_pause = 0;
    std::optional<std::uint64_t> refusal_pause;
    std::optional<Instant> breaker_until;
    std::optional<Instant> saved_wall;
    std::int64_t saved_steady = 0;
};

/// What a state says of the last minutes, on our monotonic clock.
class Recent {
public:
    Recent(const Stored& stored, Moment now) : saved_(stored.saved_wall.value_or(now.wall)), now_(now) {
        const auto by_wall = now.wall - saved_;
        elapsed_ = std::max(std::chrono::duration_cast<Steady::duration>(by_wall), Steady::duration{0});
        // The wall's clock may have been set meanwhile. The monotonic one tells the truth, unless the machine has started
        // again since, when it says nothing: so of the two whichever lets less time go by.
        const auto by_steady = now.steady.time_since_epoch() - Steady::duration{stored.saved_steady};
        if (stored.saved_wall && by_steady >= Steady::duration{0}) elapsed_ = std::min(elapsed_, by_steady);
    }
    /// A moment that was past when the state was saved stays so.
    Steady past(Instant at) const {
        const auto age = std::clamp<Instant::Ticks>(saved_ - at, Instant::Ticks{0}, std::chrono::hours{24});
        return now_.steady - elapsed_ - std::chrono::duration_cast<Steady::duration>(age);
    }
    /// A moment that was still to come, at most `furthest` ahead of us.
    Steady coming(Instant at, Steady::duration furthest) const {
        const auto left = std::chrono::duration_cast<Steady::duration>(at - saved_) - elapsed_;
        return now_.steady + std::clamp(left, Steady::duration{0}, furthest);
    }

private:
    Instant saved_;
    Moment now_;
    Steady::duration elapsed_{0};
};

Result<void> read_field(const FieldReader::Raw& field, Stored& stored) {
    const auto into = [](const auto& value, auto& target) -> Result<void> {
        if (!value) return value.error();
        target = static_cast<std::decay_t<decltype(target)>>(*value);
        return {};
    };
    const auto into_bucket = [&](std::uint64_t FailureShare::Bucket::* member) -> Result<void> {
        if (stored.buckets.empty()) return Errc::store_damaged;
        return into(FieldReader::number(field), stored.buckets.back().*member);
    };
    switch (field.tag) {
        case tag_user: stored.user = field.bytes; return {};
        case tag_user_and_key: stored.user_and_key = field.bytes; return {};
        case tag_send: return into(FieldReader::instant(field), stored.sends.emplace_back());
        case tag_bucket_hour: return into(FieldReader::signed_number(field), stored.buckets.emplace_back().hour);
        case tag_bucket_calls: return into_bucket(&FailureShare::Bucket::calls);
        case tag_bucket_failures: return into_bucket(&FailureShare::Bucket::failures);
        case tag_refusals: return into(FieldReader::number(field), stored.refusals.in_a_row);
        case tag_closed_since: return into(FieldReader::instant(field), stored.refusals.closed_since.emplace());
        case tag_next_probe: return into(FieldReader::instant(field), stored.refusals.next_probe);
        case tag_refusal_pause: return into(FieldReader::number(field), stored.refusal_pause.emplace());
        case tag_hold_until: return into(FieldReader::instant(field), stored.hold_until.emplace());
        case tag_probe_pause: return into(FieldReader::number(field), stored.probe_pause);
        case tag_breaker_pause: return into(FieldReader::number(field), stored.breaker_pause);
        case tag_breaker_until: return into(FieldReader::instant(field), stored.breaker_until.emplace());
        case tag_saved_wall: return into(FieldReader::instant(field), stored.saved_wall.emplace());
        case tag_saved_steady: return into(FieldReader::signed_number(field), stored.saved_steady);
        default: return {};
    }
}

Result<Stored> decode(std::string_view state) {
    auto reader = FieldReader::open(state, form);
    if (!reader) return reader.error();
    Stored stored;
    for (;;) {
        const auto field = reader->next();
        if (!field) return field.error();
        if (!*field) return stored;
        if (const auto read = read_field(**field, stored); !read) return read.error();
    }
}

}  // namespace

CallerMarks CallerMarks::of(const ClientSettings& settings) {
    return {.user = digest({settings.base_url, settings.username}),
            .user_and_key = digest({settings.base_url, settings.username, settings.access_key})};
}

std::string CallGate::save(Moment now) const {
    FieldWriter writer{form};
    writer.text(tag_user, marks_.user).text(tag_user_and_key, marks_.user_and_key);
    writer.instant(tag_saved_wall, now.wall);
    writer.signed_number(tag_saved_steady, now.steady.time_since_epoch() / std::chrono::nanoseconds{1});
    for (Steady at : quota_.sends(now.steady)) writer.instant(tag_send, to_wall(at, now));
    for (const auto& bucket : share_.buckets()) {
        writer.signed_number(tag_bucket_hour, bucket.hour)
            .number(tag_bucket_calls, bucket.calls)
            .number(tag_bucket_failures, bucket.failures);
    }
    const auto& refusals = refusals_.state();
    writer.number(tag_refusals, refusals.in_a_row);
    if (refusals.closed_since) {
        writer.instant(tag_closed_since, *refusals.closed_since)
            .instant(tag_next_probe, refusals.next_probe)
            .number(tag_refusal_pause, static_cast<std::uint64_t>(refusals.pause.count()));
    }
    if (probe_pause_ > probe_pause_min)
        writer.number(tag_probe_pause, static_cast<std::uint64_t>(probe_pause_.count()));
    if (breaker_.is_open()) {
        writer.number(tag_breaker_pause, static_cast<std::uint64_t>(breaker_.pause().count()))
            .instant(tag_breaker_until, to_wall(breaker_.open_until(), now));
    }
    if (hold_until_ > now.steady) writer.instant(tag_hold_until, to_wall(hold_until_, now));
    return writer.finish();
}

CallGate::Restored CallGate::restore(std::string_view state, Moment now) {
    if (state.empty()) return Restored::nothing;
    if (read(state, now)) return Restored::all;
    quota_.use_up(now.steady);
    last_send_ = now.steady;
    return Restored::damaged;
}

bool CallGate::read(std::string_view state, Moment now) {
    auto stored = decode(state);
    if (!stored) return false;

    const Recent recent{*stored, now};
    std::vector<Steady> sends;
    for (Instant at : stored->sends) sends.push_back(recent.past(at));
    quota_.restore(sends, now.steady);
    if (!sends.empty()) last_send_ = now.steady;
    if (stored->hold_until) hold_until_ = recent.coming(*stored->hold_until, longest_hold);
    if (stored->user == marks_.user) {
        if (stored->breaker_until) {
            const std::chrono::seconds pause{std::min<std::uint64_t>(stored->breaker_pause, breaker_pause_kept_max)};
            breaker_.restore(pause, recent.coming(*stored->breaker_until, pause));
        }
        share_.restore(std::move(stored->buckets), now.wall);
        const auto longest = static_cast<std::uint64_t>(longest_probe_pause(now.wall).count());
        const auto kept = std::min(stored->probe_pause, longest);
        probe_pause_ = std::max(std::chrono::seconds{kept}, probe_pause_min);
    }
    if (stored->user_and_key == marks_.user_and_key) {
        constexpr std::uint64_t longest = std::chrono::seconds{RefusalGate::pause_after_a_day}.count();
        if (stored->refusal_pause)
            stored->refusals.pause = std::chrono::seconds{std::min(*stored->refusal_pause, longest)};
        refusals_.restore(stored->refusals);
    }
    return true;
}

Result<std::string> describe_journal(std::string_view state) {
    const auto stored = decode(state);
    if (!stored) return stored.error();
    Json::Array sends;
    for (Instant at : stored->sends) sends.emplace_back(at.to_iso());
    std::string hours = "[";
    for (const auto& bucket : stored->buckets) {
        if (hours.size() > 1) hours += ',';
        JsonObjectWriter hour{hours};
        hour.string("hour", Instant{std::chrono::hours{bucket.hour}}.to_iso());
        hour.raw("calls", std::to_string(bucket.calls)).raw("failures", std::to_string(bucket.failures)).close();
    }
    std::string json;
    JsonObjectWriter out{json};
    out.raw("sends", to_text(Json{std::move(sends)})).raw("hours", hours + ']');
    out.raw("refusals", std::to_string(stored->refusals.in_a_row));
    if (stored->refusals.closed_since) {
        out.string("closed_since", stored->refusals.closed_since->to_iso());
        out.string("next_probe", stored->refusals.next_probe.to_iso());
    }
    if (stored->hold_until) out.string("hold_until", stored->hold_until->to_iso());
    out.close();
    return json;
}

}  // namespace stockcast::siigo
