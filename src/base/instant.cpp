#include "stockcast/base/instant.hpp"

#include <array>
#include <optional>

namespace stockcast {
namespace {

using namespace std::chrono;

/// Reads fixed-width fields off the front of a text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool next_is_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }

    bool skip(char c) {
        if (!next_is(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    int digit() {
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }

    /// Exactly `width` digits, with a value of at most `max`.
    std::optional<int> number(int width, int max) {
        int value = 0;
        for (int i = 0; i < width; ++i) {
            if (!next_is_digit()) return std::nullopt;
            value = value * 10 + digit();
        }
        if (value > max) return std::nullopt;
        return value;
    }

private:
    std::string_view rest_;
};

std::optional<sys_days> read_date(Scanner& in) {
    const auto y = in.number(4, 9999);
    if (!y || *y == 0 || !in.skip('-')) return std::nullopt;
    const auto m = in.number(2, 12);
    if (!m || !in.skip('-')) return std::nullopt;
    const auto d = in.number(2, 31);
    if (!d) return std::nullopt;

    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::optional<Instant::Ticks> read_fraction(Scanner& in) {
    if (!in.skip('.')) return Instant::Ticks{0};
    if (!in.next_is_digit()) return std::nullopt;
    std::int64_t ticks = 0;
    std::int64_t unit = Instant::Ticks::period::den / 10;
    for (; in.next_is_digit(); unit /= 10) ticks += in.digit() * unit;
    return Instant::Ticks{ticks};
}

std::optional<Instant::Ticks> read_time(Scanner& in) {
    const auto h = in.number(2, 23);
    if (!h || !in.skip(':')) return std::nullopt;
    const auto m = in.number(2, 59);
    if (!m || !in.skip(':')) return std::nullopt;
    const auto s = in.number(2, 59);  // no leap second: SIIGO's clock has none, and 59 or 00 would be a guess
    if (!s) return std::nullopt;
    const auto fraction = read_fraction(in);
    if (!fraction) return std::nullopt;
    return hours{*h} + minutes{*m} + seconds{*s} + *fraction;
}

std::optional<minutes> read_offset(Scanner& in) {
    if (in.at_end() || in.skip('Z') || in.skip('z')) return minutes{0};
    const bool west = in.next_is('-');
    if (!in.skip('-') && !in.skip('+')) return std::nullopt;
    const auto h = in.number(2, 23);
    if (!h || !in.skip(':')) return std::nullopt;
    const auto m = in.number(2, 59);
    if (!m) return std::nullopt;
    const minutes offset = hours{*h} + minutes{*m};
    return west ? -offset : offset;
}

constexpr sys_days first_day{year{1} / January / 1};
constexpr sys_days day_after_last{year{10000} / January / 1};

void append(std::string& out, std::int64_t value, int width) {
    std::array<char, 20> digits{};
    int n = 0;
    for (; n < width || value > 0; value /= 10) digits[n++] = static_cast<char>('0' + value % 10);
    while (n > 0) out += digits[--n];
}

/// Date and time with `fraction_digits` (0–7) of the second, cut.
std::string format(Instant at, int fraction_digits) {
    const auto since = at.since_epoch();
    const auto whole = floor<seconds>(since);
    const auto today = floor<days>(whole);
    const year_month_day date{sys_days{today}};
    const hh_mm_ss time{whole - today};

    std::string out;
    out.reserve(28);
    append(out, static_cast<int>(date.year()), 4);
    out += '-';
    append(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append(out, time.hours().count(), 2);
    out += ':';
    append(out, time.minutes().count(), 2);
    out += ':';
    append(out, time.seconds().count(), 2);
    if (fraction_digits > 0) {
        auto fraction = (since - whole).count();
        for (int i = fraction_digits; i < 7; ++i) fraction /= 10;
        out += '.';
        append(out, fraction, fraction_digits);
    }
    out += 'Z';
    return out;
}

}  // namespace

Result<Instant> Instant::parse(std::string_view text) {
    Scanner in{text};
    const auto date = read_date(in);
    if (!date) return Errc::malformed;
    Ticks at = date->time_since_epoch();

    if (!in.at_end()) {
        if (!in.skip('T') && !in.skip('t') && !in.skip(' ')) return Errc::malformed;
        const auto time = read_time(in);
        if (!time) return Errc::malformed;
        const auto offset = read_offset(in);
        if (!offset || !in.at_end()) return Errc::malformed;
        at += *time - *offset;
    }

    // An offset can push the first or last day out of the years that can be written again.
    if (at < first_day.time_since_epoch() || at >= day_after_last.time_since_epoch()) return Errc::malformed;
    return Instant{at};
}

std::int64_t Instant::unix_ms() const {
    return floor<milliseconds>(since_epoch_).count();
}

std::string Instant::to_iso_ms() const {
    return format(*this, 3);
}

std::string Instant::to_iso_s() const {
    return format(*this, 0);
}

std::string Instant::to_iso() const {
    auto fraction = (since_epoch_ - floor<seconds>(since_epoch_)).count();
    if (fraction == 0) return format(*this, 0);
    int digits = 7;
    for (; fraction % 10 == 0; fraction /= 10) --digits;
    return format(*this, digits);
}

std::int64_t bogota_day(Instant at) {
    return floor<days>(at.since_epoch() - hours{5}).count();
}

}  // namespace stockcast
