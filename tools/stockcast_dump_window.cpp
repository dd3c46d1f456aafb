#include "stockcast_dump.hpp"

#include <charconv>

namespace stockcast::dump {

Result<Bound> parse_bound(std::string_view text) {
    const bool digits_alone = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits_alone) {
        const auto time = Instant::parse(text);
        if (!time) return time.error();
        return Bound{*time};
    }
    Seq seq = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), seq).ec != std::errc{}) return Errc::malformed;
    return Bound{seq};
}

bool Window::bounds(Family family) const {
    switch (family) {
        case Family::changes:
        case Family::product_changes: return from || to;
        case Family::webhook_logs:
        case Family::sync_logs:
        case Family::audit:
            return (from && std::holds_alternative<Instant>(*from)) || (to && std::holds_alternative<Instant>(*to));
        case Family::products:
        case Family::product_codes:
        case Family::subscriptions:
        case Family::meta: break;
    }
    return false;
}

bool Window::holds(Seq seq) const {
    const auto* first = from ? std::get_if<Seq>(&*from) : nullptr;
    const auto* last = to ? std::get_if<Seq>(&*to) : nullptr;
    return (!first || seq >= *first) && (!last || seq <= *last);
}

bool Window::holds(Instant time) const {
    const auto* first = from ? std::get_if<Instant>(&*from) : nullptr;
    const auto* last = to ? std::get_if<Instant>(&*to) : nullptr;
    return (!first || time >= *first) && (!last || time <= *last);
}

}  // namespace stockcast::dump
