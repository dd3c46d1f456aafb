// A page of products: every row is read, or counted with a reason; what was read can be written and read back the same.
#include "siigo_row.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace stockcast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body{reinterpret_cast<const char*>(data), size};
    fuzz::require(!siigo::read_error(500, body).message.empty());
    auto json = parse_json(body);
    if (!json) return 0;

    const auto copied = siigo::read_product_page(static_cast<const Json&>(*json));
    const auto page = siigo::read_product_page(std::move(*json));
    fuzz::require(copied.has_value() == page.has_value());
    if (!page) return 0;

    fuzz::require(copied->rows.size() == page->rows.size() && copied->total_results == page->total_results);
    fuzz::require(page->rows.size() + page->unreadable.size() <= page->rows_total);
    for (const auto& row : page->rows) fuzz::require_read_back(row);
    return 0;
}
