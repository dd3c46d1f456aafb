#include "stockcast/ledger/step.hpp"

#include <algorithm>
#include <chrono>

namespace stockcast {
namespace {

constexpr std::int64_t minutes_kept = 60;

std::int64_t unix_minute(Instant at) {
    return std::chrono::floor<std::chrono::minutes>(at.since_epoch()).count();
}

/// Within the bounds that `counted_stock` keeps a sum never fails.
void add_to(Quantity& sum, const Quantity& figure) {
    if (const auto total = add(sum, figure)) sum = *total;
}

}  // namespace

Quantity counted_stock(const Quantity& available) {
    constexpr std::size_t places_max = 6;
    const Quantity limit{1'000'000'000'000};
    if (available >= limit || -available >= limit) return {};

    const auto digits = available.to_string();
    const auto point = digits.find('.');
    if (point == std::string::npos || digits.size() - point - 1 <= places_max) return available;
    return Quantity::parse(std::string_view{digits}.substr(0, point + 1 + places_max)).value();
}

void count_product(LedgerCounters& counters, const Product& product, Count which) {
    if (product.deleted) return;
    const auto count = [which](std::uint64_t& counter) { which == Count::in ? ++counter : --counter; };
    count(counters.products);
    if (!product.available) return;
    if (!product.made_up) count(counters.synced_products);
    if (!product.active || !product.stock_control) return;
    count(counters.stocked_products);
    const auto figure = counted_stock(*product.available);
    add_to(counters.stock_sum, which == Count::in ? figure : -figure);
}

void roll_over(LedgerCounters& counters, std::vector<std::pair<std::int64_t, std::uint64_t>>& webhook_minutes,
               Instant now, Seq head) {
    // Also where the clock was put back over midnight: the day before begins anew.
    if (const auto today = bogota_day(now); today != counters.today) {
        counters.today = today;
        counters.updated_today = 0;
        counters.today_behind = head;
    }
    const auto minute = unix_minute(now);
    std::erase_if(webhook_minutes, [minute](const auto& bucket) {
        return bucket.first <= minute - minutes_kept || bucket.first > minute;
    });
    counters.webhooks_last_hour = 0;
    for (const auto& [_, count] : webhook_minutes) counters.webhooks_last_hour += count;
}

}  // namespace stockcast
