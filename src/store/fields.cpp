#include "stockcast/store/fields.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stockcast {
namespace {

using field_bytes::checksum_size;

std::uint32_t checksum_of(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

std::uint32_t read_checksum(std::string_view last_four) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < checksum_size; ++i) {
        sum |= std::uint32_t{static_cast<std::uint8_t>(last_four[i])} << (8 * i);
    }
    return sum;
}

void append_length(std::string& out, std::size_t length) {
    while (length >= 0x80) {
        out += static_cast<char>(0x80 | (length & 0x7f));
        length >>= 7;
    }
    out += static_cast<char>(length);
}

/// Takes a LEB128 number off the front of `rest`.
std::optional<std::uint64_t> take_length(std::string_view& rest) {
    std::uint64_t length = 0;
    for (unsigned shift = 0; shift < 63 && !rest.empty(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(rest.front());
        rest.remove_prefix(1);
        length |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return length;
    }
    return std::nullopt;
}

/// Years 1 to 9999, Instant's range: outside it the value can't have been written by us.
constexpr Instant earliest = Instant::from_unix_ms(-62'135'596'800'000);
constexpr Instant latest{Instant::from_unix_ms(253'402'300'800'000).since_epoch() - Instant::Ticks{1}};

}  // namespace

namespace field_bytes {

void append_text(std::string& out, std::uint8_t tag, std::string_view value) {
    out += static_cast<char>(tag);
    append_length(out, value.size());
    out += value;
}

void append_number(std::string& out, std::uint8_t tag, std::uint64_t value) {
    std::array<char, sizeof value> bytes{};
    std::size_t size = 0;
    for (; value != 0; value >>= 8) bytes[size++] = static_cast<char>(value & 0xff);
    append_text(out, tag, {bytes.data(), size});
}

void append_signed(std::string& out, std::uint8_t tag, std::int64_t value) {
    // Zigzag, so that small negative numbers stay short.
    append_number(out, tag, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void append_instant(std::string& out, std::uint8_t tag, Instant value) {
    append_signed(out, tag, value.since_epoch().count());
}

void append_quantity(std::string& out, std::uint8_t tag, const Quantity& value) {
    append_text(out, tag, value.to_string());
}

void append_hash(std::string& out, std::uint8_t tag, const ChainHash& value) {
    append_text(out, tag, {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
}

}  // namespace field_bytes

FieldWriter::FieldWriter(std::uint8_t form_version, std::size_t bytes_expected) {
    out_.reserve(1 + bytes_expected + checksum_size);
    out_ += static_cast<char>(form_version);
}

std::string FieldWriter::finish() {
    auto sum = checksum_of(out_);
    for (std::size_t i = 0; i < checksum_size; ++i, sum >>= 8) out_ += static_cast<char>(sum & 0xff);
    return std::exchange(out_, {});
}

Result<FieldReader> FieldReader::open(std::string_view value, std::uint8_t version_max) {
    if (value.size() < 1 + checksum_size) return Errc::store_damaged;
    const auto content = value.substr(0, value.size() - checksum_size);
    if (checksum_of(content) != read_checksum(value.substr(content.size()))) return Errc::store_damaged;

    const auto version = static_cast<std::uint8_t>(content.front());
    if (version == 0 || version > version_max) return Errc::store_damaged;
    return FieldReader{version, content.substr(1)};
}

Result<std::optional<FieldReader::Raw>> FieldReader::next() {
    if (rest_.empty()) return std::optional<Raw>{};
    const auto tag = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    const auto length = take_length(rest_);
    if (!length || *length > rest_.size()) return Errc::store_damaged;
    const auto bytes = rest_.substr(0, *length);
    rest_.remove_prefix(*length);
    return std::optional<Raw>{Raw{tag, bytes}};
}

Result<FieldReader::Raw> FieldReader::find(std::uint8_t tag) {
    for (;;) {
        const auto field = next();
        if (!field) return field.error();
        if (!*field) return Errc::store_damaged;
        if ((*field)->tag == tag) return **field;
    }
}

Result<std::uint64_t> FieldReader::number(const Raw& field) {
    if (field.bytes.size() > sizeof(std::uint64_t)) return Errc::store_damaged;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < field.bytes.size(); ++i) {
        value |= std::uint64_t{static_cast<std::uint8_t>(field.bytes[i])} << (8 * i);
    }
    return value;
}

Result<std::int64_t> FieldReader::signed_number(const Raw& field) {
    const auto zigzag = number(field);
    if (!zigzag) return zigzag.error();
    return static_cast<std::int64_t>((*zigzag >> 1) ^ (~(*zigzag & 1) + 1));
}

Result<Instant> FieldReader::instant(const Raw& field) {
    const auto ticks = signed_number(field);
    if (!ticks) return ticks.error();
    const Instant at{Instant::Ticks{*ticks}};
    if (at < earliest || at > latest) return Errc::store_damaged;
    return at;
}

Result<Quantity> FieldReader::quantity(const Raw& field) {
    auto value = Quantity::parse(field.bytes);
    if (!value) return Errc::store_damaged;
    return value;
}

Result<ChainHash> FieldReader::hash(const Raw& field) {
    ChainHash hash;
    if (field.bytes.size() != hash.bytes.size()) return Errc::store_damaged;
    std::copy(field.bytes.begin(), field.bytes.end(), hash.bytes.begin());
    return hash;
}

std::string damage_of(std::string_view value, std::uint8_t version_max) {
    if (FieldReader::open(value, version_max)) return {};
    if (value.size() < 1 + checksum_size) return "cut short: " + std::to_string(value.size()) + " bytes";
    const auto content = value.substr(0, value.size() - checksum_size);
    if (checksum_of(content) != read_checksum(value.substr(content.size()))) return "checksum differs";
    return "form version " + std::to_string(static_cast<std::uint8_t>(content.front())) +
           " is not known: this program reads 1 to " + std::to_string(version_max);
}

}  // namespace stockcast
