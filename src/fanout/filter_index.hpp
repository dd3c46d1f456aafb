#pragma once

#include "stockcast/fanout/filter.hpp"
#include "stockcast/fanout/ring.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stockcast {

class Session;

/// Which narrowed sessions a change may concern, so that it costs in proportion to these and not to all. Each stands
/// under one list of its filter, the one that narrows most as a rule: its codes, else its warehouses, else its types.
/// Whether the rest of the filter lets the change through is for the filter itself to say.
class FilterIndex {
public:
    void add(Session& session, const Filter& filter);
    /// With the filter that it was added with.
    void remove(Session& session, const Filter& filter);
    /// A session may be shown more than once. `show` adds and removes none.
    void for_each_concerned(const PublishedChange& change, const std::function<void(Session&)>& show) const;
    bool is_empty() const { return by_code_.empty() && by_warehouse_.empty() && by_type_.empty(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Sessions = std::unordered_map<std::string, std::vector<Session*>, Hash, std::equal_to<>>;
    struct Place {
        Sessions& sessions;
        const Filter::Names& names;
    };
    Place place_of(const Filter& filter);
    static void show_all(const Sessions& sessions, std::string_view name, const std::function<void(Session&)>& show);

    Sessions by_code_;
    Sessions by_warehouse_;
    Sessions by_type_;
};

}  // namespace stockcast
