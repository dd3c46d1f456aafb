#pragma once

#include "stockcast/base/json.hpp"
#include "stockcast/model/product.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// A product's properties: SIIGO's members other than figures and stamps, merged memberwise. `additional_fields` merges
/// one level deeper, since its members stand at the root of a notification and may each be missing there
/// (siigo-api.md).
namespace stockcast::ledger {

/// Merging never grows a record without bound: past this, what was said now stands alone.
inline constexpr std::size_t properties_bytes_max = std::size_t{1} << 20;

/// What said members do to held ones: names of members of the root.
struct Difference {
    std::vector<std::string> contradicted;  ///< said otherwise than held
    std::vector<std::string> added;         ///< said, or its members said, for the first time
};
Difference compare_members(const Json& held, const Json& said);

/// Whether `text`, as put_properties() wrote it, is exactly what is said, in the same order and spelling: the common case of a
/// sale. Saves reading the text (3 of 10 µs a notification); false only means "compare".
bool says_exactly(const Json& said, std::string_view text);

enum class Members { all, only_new };
void merge_members(Json& held, const Json& said, Members which);

/// Reads the text kept in a Product. Throws std::logic_error: it was written by us, under a checksum.
Json read_properties(const Product& product);

/// Puts `properties` into `product`, with the fields that follow from them. A missing or empty code or name leaves what
/// is there; a missing `active` or `stock_control` is true.
void put_properties(Product& product, const Json& properties);

/// Whether SIIGO keeps a figure for it: not for services, nor without stock control.
bool has_stock(const Product& product);

/// The code that is said; empty when none is.
std::string code_in(const Json& properties);

}  // namespace stockcast::ledger
