#include "stockcast/model/ids.hpp"

#include <algorithm>
#include <optional>

namespace stockcast {
namespace {

constexpr std::string_view hex = "0123456789abcdef";
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t guid_size = 36;
constexpr std::size_t ulid_size = 26;
constexpr std::size_t ulid_time_bytes = 6;

bool is_hyphen_place(std::size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

/// Either case. No value when `c` is no digit of that alphabet; O, I, L, U are none, so an id has one spelling.
std::optional<std::uint8_t> digit_value(std::string_view alphabet, char c) {
    const auto fold = [](char x) { return x >= 'a' && x <= 'z' ? static_cast<char>(x - 'a' + 'A') : x; };
    const auto at = std::find_if(alphabet.begin(), alphabet.end(), [&](char x) { return fold(x) == fold(c); });
    if (at == alphabet.end()) return std::nullopt;
    return static_cast<std::uint8_t>(at - alphabet.begin());
}

void put_time(std::array<std::uint8_t, 16>& bytes, Instant at) {
    auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(at.unix_ms(), 0));
    for (std::size_t i = ulid_time_bytes; i-- > 0; ms >>= 8) bytes[i] = static_cast<std::uint8_t>(ms);
}

}  // namespace

Result<ProductId> ProductId::parse(std::string_view text) {
    if (text.size() != guid_size) return Errc::malformed;
    std::array<std::uint8_t, 16> bytes{};
    std::size_t digits = 0;
    for (std::size_t i = 0; i < guid_size; ++i) {
        if (is_hyphen_place(i)) {
            if (text[i] != '-') return Errc::malformed;
            continue;
        }
        const auto value = digit_value(hex, text[i]);
        if (!value) return Errc::malformed;
        auto& byte = bytes[digits++ / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | *value);
    }
    return ProductId{bytes};
}

std::string ProductId::to_string() const {
    std::string out;
    out.reserve(guid_size);
    for (const auto byte : bytes_) {
        if (is_hyphen_place(out.size())) out += '-';
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

LogId LogId::make(Instant now, Random& random, const LogId& last) {
    // Also when the clock was put back: ids of one process never fall behind the last one.
    if (!last.is_none() && last.time().unix_ms() >= now.unix_ms()) {
        auto bytes = last.bytes_;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            if (++bytes[i] != 0) break;
        }
        return LogId{bytes};
    }

    std::array<std::uint8_t, 16> bytes{};
    random.fill(std::as_writable_bytes(std::span{bytes}).subspan(ulid_time_bytes));
    put_time(bytes, now);
    return LogId{bytes};
}

LogId LogId::first_at(Instant at) {
    std::array<std::uint8_t, 16> bytes{};
    put_time(bytes, at);
    return LogId{bytes};
}

Result<LogId> LogId::parse(std::string_view text) {
    // 26 digits of 5 bits are 130: the first may hold 3 only.
    if (text.size() != ulid_size || text[0] < '0' || text[0] > '7') return Errc::malformed;
    std::array<std::uint8_t, 16> bytes{};
    std::uint32_t bits = 0;
    int held = -2;
    std::size_t next = 0;
    for (const char c : text) {
        const auto value = digit_value(crockford, c);
        if (!value) return Errc::malformed;
        bits = bits << 5 | *value;
        held += 5;
        if (held >= 8) {
            held -= 8;
            bytes[next++] = static_cast<std::uint8_t>(bits >> held);
        }
    }
    return LogId{bytes};
}

std::string LogId::to_string() const {
    std::string out;
    out.reserve(ulid_size);
    std::uint32_t bits = 0;
    int held = 2;  // two zero bits before the first of 128 make 130
    for (const auto byte : bytes_) {
        bits = bits << 8 | byte;
        for (held += 8; held >= 5;) {
            held -= 5;
            out += crockford[bits >> held & 31];
        }
    }
    return out;
}

Instant LogId::time() const {
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < ulid_time_bytes; ++i) ms = ms << 8 | bytes_[i];
    return Instant::from_unix_ms(ms);
}

}  // namespace stockcast
