// A query that is accepted can be written and read back the same; its values never overstep what a getter promises.
#include "http/query.hpp"

#include "http/arguments.hpp"
#include "http/product_filter.hpp"
#include "http/route.hpp"
#include "http/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace stockcast;

namespace {

void require(bool held) {
    if (!held) std::abort();
}

void check_query(std::string_view text) {
    const auto query = Query::parse(text);
    if (!query) return;
    const auto again = Query::parse(query->serialised());
    require(again && *again == *query);
    require(again->serialised() == query->serialised());
    require(query->all().size() <= Query::parameters_max);
    for (const auto& [name, value] : query->all()) {
        require(!name.empty() && is_utf8(name) && is_utf8(value));
        require(*query->find(name) == value);
        const auto decoded = percent_decoded(percent_encoded(value));
        require(decoded && *decoded == value);

        Arguments arguments{*query};
        const auto whole = arguments.whole(name, 3, 1'000);
        require(!whole || (*whole >= 3 && *whole <= 1'000));
        const auto wait = arguments.duration(name, std::chrono::minutes{1});
        require(!wait || (wait->count() >= 0 && *wait <= std::chrono::minutes{1}));
        if (const auto quantity = arguments.quantity(name))
            require(*Quantity::parse(quantity->to_string()) == *quantity);
        if (const auto at = arguments.time(name)) require(*Instant::parse(at->to_iso()) == *at);
    }
    Arguments arguments{*query};
    read_product_filter(arguments);
    const auto limit = arguments.limit();
    require(limit >= 1 && limit <= 1'000);
}

void check_path(std::string_view text) {
    const auto found = find_route("GET", text);
    if (found.route != nullptr) {
        require(text.starts_with('/') && found.argument_count <= Found::arguments_max);
        for (std::size_t i = 0; i < found.argument_count; ++i)
            require(!found.arguments[i].empty() && found.arguments[i].find('/') == std::string_view::npos);
    }
    if (!is_utf8(text)) return;
    const auto once = folded(text);
    require(is_utf8(once) && folded(once) == once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_query(text);
    check_path(text);
    return 0;
}
