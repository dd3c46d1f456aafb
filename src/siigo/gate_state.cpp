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
    tag_probe_pause = 11,  ///< seconds; absent: the shortest
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

/// A moment of the past stays in it, even where our clock was put back meanwhile.
Steady past_to_steady(Instant at, Moment now) {
    const auto age = std::clamp<Instant::Ticks>(now.wall - at, Instant::Ticks{0}, std::chrono::hours{24});
    return now.steady - std::chrono::duration_cast<Steady::duration>(age);
}

struct Stored {
    std::string user;
    std::string user_and_key;
    std::vector<Instant> sends;
    std::vector<FailureShare::Bucket> buckets;
    RefusalGate::State refusals;
    std::optional<Instant> hold_until;
    std::uint64_t probe_pause = 0;
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
        case tag_hold_until: return into(FieldReader::instant(field), stored.hold_until.emplace());
        case tag_probe_pause: return into(FieldReader::number(field), stored.probe_pause);
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
    for (Steady at : quota_.sends(now.steady)) writer.instant(tag_send, to_wall(at, now));
    for (const auto& bucket : share_.buckets()) {
        writer.signed_number(tag_bucket_hour, bucket.hour)
            .number(tag_bucket_calls, bucket.calls)
            .number(tag_bucket_failures, bucket.failures);
    }
    const auto& refusals = refusals_.state();
    writer.number(tag_refusals, refusals.in_a_row);
    if (refusals.closed_since) {
        writer.instant(tag_closed_since, *refusals.closed_since).instant(tag_next_probe, refusals.next_probe);
    }
    if (probe_pause_ > probe_pause_min)
        writer.number(tag_probe_pause, static_cast<std::uint64_t>(probe_pause_.count()));
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

    std::vector<Steady> sends;
    for (Instant at : stored->sends) sends.push_back(past_to_steady(at, now));
    quota_.restore(sends, now.steady);
    if (!sends.empty()) last_send_ = now.steady;
    if (stored->hold_until) {
        const auto left =
            std::clamp<Instant::Ticks>(*stored->hold_until - now.wall, Instant::Ticks{0}, std::chrono::hours{2});
        hold_until_ = now.steady + std::chrono::duration_cast<Steady::duration>(left);
    }
    if (stored->user == marks_.user) {
        share_.restore(std::move(stored->buckets), now.wall);
        const auto longest = static_cast<std::uint64_t>(longest_probe_pause(now.wall).count());
        const auto kept = std::min(stored->probe_pause, longest);
        probe_pause_ = std::max(std::chrono::seconds{kept}, probe_pause_min);
    }
    if (stored->user_and_key == marks_.user_and_key) refusals_.restore(stored->refusals);
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
