#pragma once

#include "stockcast/base/json.hpp"
#include "stockcast/model/change.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stockcast {

/// What a client wants to get, by its `subscribe` or by the query of an event stream. An event passes when it matches
/// each list that was given.
class Filter {
public:
    /// `{"type":"subscribe","types":[…],"codes":[…],"warehouses":[…]}`: the filter, or what is wrong with the message.
    /// A list that is left out (or null) narrows nothing; each names at least one.
    static std::variant<Filter, std::string> parse(std::string_view message);

    /// One more name for a list. What is accepted instead of this one; empty: it was taken.
    std::string add_type(const std::string& name);
    std::string add_code(const std::string& name);
    std::string add_warehouse(const std::string& id);

    bool passes(ChangeType type, std::string_view code, const std::vector<std::string>& warehouses) const;
    /// `sync_completed`, `alert`: only types narrow them.
    bool passes_announcement(std::string_view type) const;
    /// Nothing is held back.
    bool is_open() const { return types_.empty() && codes_.empty() && warehouses_.empty(); }

    using Names = std::set<std::string, std::less<>>;
    /// What was given; a list that is empty narrows nothing. Warehouses as warehouse_name() writes them.
    const Names& types() const { return types_; }
    const Names& codes() const { return codes_; }
    const Names& warehouses() const { return warehouses_; }

    static constexpr std::size_t names_max = 1000;  ///< of one list

private:
    std::string read(const Json::Object& message);
    std::string read_name(std::string_view list, const Json& value);

    Names types_;
    Names codes_;
    Names warehouses_;
};

/// A warehouse's id, a JSON scalar as SIIGO writes it, in the form by which ids are compared: SIIGO's are numbers, and
/// whoever writes `"1270"` means 1270.
std::string_view warehouse_name(std::string_view id);

}  // namespace stockcast
