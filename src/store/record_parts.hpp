#pragma once

#include "stockcast/model/change.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/store/fields.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// What the records of several kinds are made of.
namespace stockcast::records {

/// The form that this program writes, and the newest that it reads. It grows only when an older program would misread a
/// value; a field more does not need it.
inline constexpr std::uint8_t form_version = 1;

/// The number on disk of each enumerator is its place in such a table, so that reordering the enum changes nothing.
template <class Enum, std::size_t size>
std::uint64_t code_of(const std::array<Enum, size>& table, Enum value) {
    std::uint64_t code = 0;
    while (code < size && table[code] != value) ++code;
    return code;
}

/// Errors: `store_damaged` for a code that this version doesn't know.
template <class Enum, std::size_t size>
Result<Enum> from_code(const std::array<Enum, size>& table, const FieldReader::Raw& field) {
    const auto code = FieldReader::number(field);
    if (!code) return code.error();
    if (*code >= size) return Errc::store_damaged;
    return table[*code];
}

inline constexpr std::array source_codes{Source::webhook, Source::scheduled_sync, Source::manual_sync,
                                         Source::refresh, Source::test,           Source::replay};

std::string_view bytes_of(const std::array<std::uint8_t, 16>& id);
Result<std::array<std::uint8_t, 16>> read_id_bytes(const FieldReader::Raw& field);

/// Stores what was read into `to`; its error otherwise. Lets a decoder's cases be one line each.
template <class Read, class To>
Result<void> keep(Result<Read> read, To& to) {
    if (!read) return read.error();
    to = *std::move(read);
    return {};
}
Result<void> keep_id(const FieldReader::Raw& field, ProductId& to);
Result<void> keep_id(const FieldReader::Raw& field, LogId& to);
Result<void> keep_text(const FieldReader::Raw& field, std::string& to);

/// Hands each field to `take`, which answers a Result<void>; stops at the first error.
template <class Take>
Result<void> each_field(FieldReader reader, Take take) {
    for (;;) {
        const auto field = reader.next();
        if (!field) return field.error();
        if (!*field) return {};
        if (auto taken = take(**field); !taken) return taken;
    }
}

/// How much of a product is written.
enum class ProductPart {
    whole,
    stock,     ///< who it is, and the figures
    identity,  ///< who it is, and whether it is deleted
};
void append_product(FieldGroup& out, const Product& product, ProductPart part);
void append_product(FieldWriter& out, const Product& product, ProductPart part);
Result<Product> read_product(FieldReader reader);

}  // namespace stockcast::records
