#include "fanout/filter_index.hpp"

#include <algorithm>

namespace stockcast {

FilterIndex::Place FilterIndex::place_of(const Filter& filter) {
    if (!filter.codes().empty()) return {by_code_, filter.codes()};
    if (!filter.warehouses().empty()) return {by_warehouse_, filter.warehouses()};
    return {by_type_, filter.types()};
}

void FilterIndex::add(Session& session, const Filter& filter) {
    const auto [sessions, names] = place_of(filter);
    for (const auto& name : names) sessions[name].push_back(&session);
}

void FilterIndex::remove(Session& session, const Filter& filter) {
    const auto [sessions, names] = place_of(filter);
    for (const auto& name : names) {
        const auto named = sessions.find(name);
        auto& those = named->second;
        // Their order means nothing.
        *std::find(those.begin(), those.end(), &session) = those.back();
        those.pop_back();
        if (those.empty()) sessions.erase(named);
    }
}

void FilterIndex::show_all(const Sessions& sessions, std::string_view name, const std::function<void(Session&)>& show) {
    const auto named = sessions.find(name);
    if (named == sessions.end()) return;
    for (auto* session : named->second) show(*session);
}

void FilterIndex::for_each_concerned(const PublishedChange& change, const std::function<void(Session&)>& show) const {
    show_all(by_code_, change.code, show);
    for (const auto& id : change.warehouses) show_all(by_warehouse_, warehouse_name(id), show);
    show_all(by_type_, to_string(change.type), show);
}

}  // namespace stockcast
