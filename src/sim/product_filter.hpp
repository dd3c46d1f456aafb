#pragma once

#include "sim/answers.hpp"
#include "sim/company.hpp"
#include "sim/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stockcast::sim {

/// The filters of `GET /v1/products`; those that are given must all hold. Both ends of a range belong to it.
struct ProductFilter {
    std::optional<std::vector<ProductId>> ids;
    std::optional<std::string> code;
    std::optional<Instant> created_start, created_end, updated_start, updated_end;
    std::optional<int> account_group;
    std::optional<std::string> type;
    std::optional<bool> stock_control, active;

    /// Errors: `invalid_type` (also more than 20 ids), `invalid_date`, `invalid_date_range`.
    static OrError<ProductFilter> read(const Target& target, const Variants& variants);
};

/// One page of what a filter lets through, newest created first.
struct Selection {
    std::size_t total = 0;
    std::vector<Slot> slots;
};

/// Begins with the narrowest index that the filter allows; without a filter nothing but the page itself is touched.
Selection select(const Company& company, const ProductFilter& filter, std::size_t offset, std::size_t count,
                 const Variants& variants);

}  // namespace stockcast::sim
