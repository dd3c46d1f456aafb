#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/quantity.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// Writes one value of the store's form: version byte, then fields (tag, length as varint, bytes), then CRC-32.
/// Used by records.hpp, and by layers above that keep their own state in `meta` (siigo, sync).
class FieldWriter {
public:
    explicit FieldWriter(std::uint8_t form_version);
    FieldWriter& text(std::uint8_t tag, std::string_view value);
    FieldWriter& number(std::uint8_t tag, std::uint64_t value);
    FieldWriter& signed_number(std::uint8_t tag, std::int64_t value);
    FieldWriter& instant(std::uint8_t tag, Instant value);
    FieldWriter& quantity(std::uint8_t tag, const Quantity& value);
    std::string finish();

private:
    std::string out_;
};

/// Reads it back. A tag may come several times (lists). Unknown tags are skipped. Errors: `store_damaged`.
class FieldReader {
public:
    /// Checks checksum and version (`version_max`: the newest this program knows).
    static Result<FieldReader> open(std::string_view value, std::uint8_t version_max);
    std::uint8_t version() const { return version_; }
    /// The next field, or an empty optional at the end.
    struct Raw {
        std::uint8_t tag;
        std::string_view bytes;
    };
    Result<std::optional<Raw>> next();

    static Result<std::uint64_t> number(const Raw& field);
    static Result<std::int64_t> signed_number(const Raw& field);
    static Result<Instant> instant(const Raw& field);
    static Result<Quantity> quantity(const Raw& field);

private:
    std::uint8_t version_ = 0;
    std::string_view rest_;
};

}  // namespace stockcast
