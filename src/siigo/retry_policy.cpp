#include "siigo/retry_policy.hpp"

#include "siigo/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace stockcast::siigo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds named_wait_max{3600};
constexpr std::int64_t epoch_seconds_from = 1'000'000'000;  ///< a "reset" as large as this is a moment, not a wait

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<milliseconds> until(Instant at, Instant now) {
    return std::max(std::chrono::ceil<milliseconds>(at - now), milliseconds{0});
}

std::optional<milliseconds> retry_after(std::string_view text, Instant now) {
    if (const auto wait = whole_number(text)) return seconds{std::min<std::int64_t>(*wait, named_wait_max.count())};
    if (const auto date = http_date(text)) return until(*date, now);
    return std::nullopt;
}

/// Of `RateLimit-Reset`: seconds, or (in the X- form) seconds since 1970.
std::optional<milliseconds> rate_limit_reset(std::string_view text, Instant now) {
    const auto number = whole_number(text);
    if (!number) return std::nullopt;
    if (*number < epoch_seconds_from) return seconds{std::min<std::int64_t>(*number, named_wait_max.count())};
    constexpr std::int64_t last = 253'402'300'799;  // 9999-12-31T23:59:59Z
    return until(Instant::from_unix_ms(std::min(*number, last) * 1000), now);
}

std::optional<milliseconds> longer(std::optional<milliseconds> a, std::optional<milliseconds> b) {
    return a && b ? std::max(a, b) : a ? a : b;
}

}  // namespace

std::optional<Instant> http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
    const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
    if (month == months.end()) return std::nullopt;
    const auto number = static_cast<int>(month - months.begin()) + 1;
    std::string iso{text.substr(12, 4)};
    iso += number < 10 ? "-0" : "-";
    iso += std::to_string(number) + '-';
    iso += std::string{text.substr(5, 2)} + 'T' + std::string{text.substr(17, 8)} + 'Z';
    const auto parsed = Instant::parse(iso);
    return parsed ? std::optional{*parsed} : std::nullopt;
}

Ending judge_answer(unsigned status, const SiigoError& error, bool body_read) {
    if (status >= 200 && status < 300) return body_read ? Ending::good : Ending::broken;
    if (status == 429) return Ending::throttled;
    if (status == 401 || status == 403) return Ending::refused;
    // SIIGO takes an untrue or malformed Partner-Id as a reason to block: asking on with it is like asking on with a
    // bad key.
    if (error.code == "invalid_partner_id" || error.code == "header_required") return Ending::refused;
    if (status == 404) return error.code.empty() ? Ending::broken : Ending::not_found;
    if (status == 408 || status < 400 || status >= 500) return Ending::broken;
    return Ending::rejected;
}

std::optional<milliseconds> named_wait(const HttpFields& fields, const SiigoError& error, Instant now) {
    auto wait = retry_after(fields.get("Retry-After"), now);
    for (const std::string_view prefix : {"", "X-"}) {
        const std::string name = std::string{prefix} + "RateLimit-";
        const bool used_up = error.status == 429 || fields.get(name + "Remaining") == "0";
        if (used_up) wait = longer(wait, rate_limit_reset(fields.get(name + "Reset"), now));
    }
    if (error.wait_seconds) wait = longer(wait, seconds{*error.wait_seconds});
    if (wait) wait = std::min<milliseconds>(*wait, named_wait_max);
    return wait;
}

bool RetryPolicy::may_retry(Ending ending, unsigned tries, Repeatable repeatable) {
    if (tries >= tries_max) return false;
    switch (ending) {
        case Ending::not_sent:
        case Ending::throttled: return true;
        case Ending::lost:
        case Ending::broken: return repeatable == Repeatable::yes;
        case Ending::good:
        case Ending::refused:
        case Ending::not_found:
        case Ending::rejected: return false;
    }
    return false;
}

milliseconds RetryPolicy::pause(Ending ending, unsigned in_a_row, std::optional<milliseconds> named, Random& random) {
    const auto up_to = [&](milliseconds most) {
        return milliseconds{random.below(static_cast<std::uint64_t>(most.count()) + 1)};
    };
    if (named) return *named + up_to(*named / 10);
    const bool throttled = ending == Ending::throttled;
    const milliseconds base = throttled ? seconds{10} : seconds{1};
    const milliseconds most = throttled ? seconds{60} : seconds{30};
    const auto doublings = std::min(in_a_row == 0 ? 0U : in_a_row - 1, 10U);
    return up_to(std::min<milliseconds>(base * (1U << doublings), most));
}

}  // namespace stockcast::siigo
