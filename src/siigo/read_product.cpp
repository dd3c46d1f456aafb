#include "siigo/product_members.hpp"
#include "siigo/text.hpp"

#include "stockcast/siigo/translate.hpp"

#include <charconv>
#include <utility>

namespace stockcast::siigo {
namespace {

/// Reasons are for the log: so many rows are never unreadable at once unless SIIGO sends something else altogether.
constexpr std::size_t reasons_max = 100;

struct Row {
    ProductMembers members;
    std::optional<Errc> error;
};

Row read_row(Json&& row) {
    Row result;
    if (row.if_object() == nullptr) {
        result.members.complaints.push_back({"row", "is no object"});
        result.error = Errc::malformed;
        return result;
    }
    result.members = split_product(std::move(*row.if_object()), Shape::row);
    if (!result.members.complaints.empty()) {
        result.error = result.members.first_error;
    } else if (!result.members.has_id) {
        result.members.complaints.push_back({"id", "is missing"});
        result.error = Errc::malformed;
    }
    return result;
}

std::string reason_of(const ProductMembers& members) {
    std::string reason;
    if (members.has_id) {
        reason = members.said.product.to_string() + ": ";
    } else if (!members.code.empty()) {
        reason = excerpt(members.code, 60) + ": ";
    }
    const Complaint& first = members.complaints.front();
    return reason + first.member + ' ' + first.reason;
}

/// A count: whole and not negative, as number or string, `589` or `589.0`.
std::optional<std::uint64_t> count_of(const Json* value) {
    if (value == nullptr) return std::nullopt;
    const auto number = Quantity::from_json(*value);
    if (!number) return std::nullopt;
    const auto text = number->to_string();
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return count;
}

}  // namespace

Result<Observation> read_product(Json&& row) {
    auto read = read_row(std::move(row));
    if (read.error) return *read.error;
    return std::move(read.members.said);
}

Result<Observation> read_product(const Json& row) {
    return read_product(Json{row});
}

Result<ProductPage> read_product_page(Json&& body) {
    ProductPage page;
    Json* results = body.if_array() != nullptr ? &body : body.find("results");
    // `results: null` is no empty page: an empty page can make a full pass believe that products are gone.
    if (results == nullptr || results->if_array() == nullptr) return Errc::malformed;
    if (const Json* pagination = body.find("pagination"))
        page.total_results = count_of(pagination->find("total_results"));

    page.rows_total = results->if_array()->size();
    page.rows.reserve(page.rows_total);
    for (Json& row : *results->if_array()) {
        auto read = read_row(std::move(row));
        if (!read.error) {
            page.rows.push_back(std::move(read.members.said));
        } else if (page.unreadable.size() < reasons_max) {
            page.unreadable.push_back(reason_of(read.members));
        }
    }
    return page;
}

Result<ProductPage> read_product_page(const Json& body) {
    return read_product_page(Json{body});
}

}  // namespace stockcast::siigo
