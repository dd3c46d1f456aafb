#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/chain_hash.hpp"
#include "stockcast/model/quantity.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// The bytes of single fields: tag (one byte), length (LEB128), content. Numbers are little-endian without leading zero
/// bytes, signed ones zigzagged first, instants their ticks, quantities their digits.
namespace field_bytes {
void append_text(std::string& out, std::uint8_t tag, std::string_view value);
void append_number(std::string& out, std::uint8_t tag, std::uint64_t value);
void append_signed(std::string& out, std::uint8_t tag, std::int64_t value);
void append_instant(std::string& out, std::uint8_t tag, Instant value);
void append_quantity(std::string& out, std::uint8_t tag, const Quantity& value);
void append_hash(std::string& out, std::uint8_t tag, const ChainHash& value);
inline constexpr std::size_t hash_field_size = 2 + sizeof(ChainHash::bytes);
inline constexpr std::size_t checksum_size = 4;  ///< at the end of each value
}  // namespace field_bytes

/// What a whole value and a group inside one have in common. The `…_unless` forms leave a field out when it holds what
/// the reader assumes of an absent one, which most fields do most of the time.
template <class Self>
class FieldAppender {
public:
    Self& text(std::uint8_t tag, std::string_view value) { return field_bytes::append_text(out_, tag, value), self(); }
    Self& number(std::uint8_t tag, std::uint64_t value) { return field_bytes::append_number(out_, tag, value), self(); }
    Self& signed_number(std::uint8_t tag, std::int64_t value) {
        return field_bytes::append_signed(out_, tag, value), self();
    }
    Self& instant(std::uint8_t tag, Instant value) { return field_bytes::append_instant(out_, tag, value), self(); }
    Self& quantity(std::uint8_t tag, const Quantity& value) {
        return field_bytes::append_quantity(out_, tag, value), self();
    }
    Self& hash(std::uint8_t tag, const ChainHash& value) { return field_bytes::append_hash(out_, tag, value), self(); }
    /// Fields inside a field: list entries and nested structs.
    template <class Group>
    Self& group(std::uint8_t tag, const Group& inner) {
        return text(tag, inner.bytes());
    }

    Self& text_unless_empty(std::uint8_t tag, std::string_view value) {
        return value.empty() ? self() : text(tag, value);
    }
    Self& number_unless_zero(std::uint8_t tag, std::uint64_t value) { return value == 0 ? self() : number(tag, value); }
    Self& instant_unless_epoch(std::uint8_t tag, Instant value) {
        return value == Instant{} ? self() : instant(tag, value);
    }
    Self& instant_if(std::uint8_t tag, const std::optional<Instant>& value) {
        return value ? instant(tag, *value) : self();
    }
    Self& quantity_if(std::uint8_t tag, const std::optional<Quantity>& value) {
        return value ? quantity(tag, *value) : self();
    }
    Self& hash_unless_zero(std::uint8_t tag, const ChainHash& value) {
        return value == ChainHash{} ? self() : hash(tag, value);
    }

protected:
    std::string out_;

private:
    Self& self() { return static_cast<Self&>(*this); }
};

/// Fields without version and checksum, to be put into a field of another value.
class FieldGroup : public FieldAppender<FieldGroup> {
public:
    std::string_view bytes() const { return out_; }
    /// Empties it and keeps its memory, for the next entry of a list.
    FieldGroup& clear() { return out_.clear(), *this; }
};

/// Writes one value of the store's form: version byte, then fields (tag, length as varint, bytes), then CRC-32
/// (zlib's, little-endian) of all before it. Used by records.hpp, and by layers above that keep their own state in
/// `meta`.
class FieldWriter : public FieldAppender<FieldWriter> {
public:
    /// `bytes_expected` is a hint: one allocation instead of several.
    explicit FieldWriter(std::uint8_t form_version, std::size_t bytes_expected = 0);
    /// What is there so far: all of the value but its checksum.
    std::string_view bytes() const { return out_; }
    /// The value. The writer is empty afterwards.
    std::string finish();
};

/// Reads it back. A tag may come several times (lists). Unknown tags are skipped. Errors: `store_damaged`.
class FieldReader {
public:
    /// Checks checksum and version (`version_max`: the newest this program knows). `damage_of` says what was wrong.
    static Result<FieldReader> open(std::string_view value, std::uint8_t version_max);
    /// The fields of a group; checksum and version are those of the value around it.
    static FieldReader inside(std::string_view group, std::uint8_t version) { return FieldReader{version, group}; }

    std::uint8_t version() const { return version_; }
    /// The next field, or an empty optional at the end.
    struct Raw {
        std::uint8_t tag;
        std::string_view bytes;
    };
    Result<std::optional<Raw>> next();
    /// Reads on to the field of that tag. Errors: also where there is none.
    Result<Raw> find(std::uint8_t tag);

    static Result<std::uint64_t> number(const Raw& field);
    static Result<std::int64_t> signed_number(const Raw& field);
    static Result<Instant> instant(const Raw& field);
    static Result<Quantity> quantity(const Raw& field);
    static Result<ChainHash> hash(const Raw& field);

private:
    FieldReader(std::uint8_t version, std::string_view rest) : version_(version), rest_(rest) {}

    std::uint8_t version_ = 0;
    std::string_view rest_;
};

/// Why `FieldReader::open` refuses `value`, in English, for logs and `verify`: "checksum differs", "form version 3 is
/// newer than 1, …". Empty when it does not. The place of the checksum is the same in every version, so the two can be
/// told apart.
std::string damage_of(std::string_view value, std::uint8_t version_max);

}  // namespace stockcast
