#include "stockcast/store/store.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace stockcast {
namespace {

constexpr std::array<std::string_view, family_count> family_names{"products",        "product_codes", "changes",
                                                                  "product_changes", "webhook_logs",  "sync_logs",
                                                                  "subscriptions",   "audit",         "meta"};

}  // namespace

std::string_view to_string(Family family) {
    return family_names[static_cast<std::size_t>(family)];
}

std::optional<Family> family_from(std::string_view name) {
    const auto found = std::find(family_names.begin(), family_names.end(), name);
    if (found == family_names.end()) return std::nullopt;
    return static_cast<Family>(std::distance(family_names.begin(), found));
}

void Batch::append(Batch other) {
    if (writes_.empty()) {
        writes_ = std::move(other.writes_);
        return;
    }
    writes_.insert(writes_.end(), std::make_move_iterator(other.writes_.begin()),
                   std::make_move_iterator(other.writes_.end()));
}

}  // namespace stockcast
