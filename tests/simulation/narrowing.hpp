#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::simulation {

/// What a listener wants to hear of: changes that stand in each list that is not empty (interface.md, `subscribe`). Written
/// again here, plainly, so that the product's own filter is judged by another.
struct Narrowing {
    std::set<std::string> types;
    std::set<std::string> codes;
    std::set<std::string> warehouses;  ///< ids, as digits

    bool is_none() const { return types.empty() && codes.empty() && warehouses.empty(); }
    bool lets_through(const std::string& type, const std::string& code, const std::vector<std::string>& ids) const;

    /// The message that asks for it on a WebSocket.
    std::string message() const;
    /// Behind the `?` of an event stream's address, each parameter with an `&` before it.
    std::string query() const;
};

}  // namespace stockcast::simulation
