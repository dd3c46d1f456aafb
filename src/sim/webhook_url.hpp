#pragma once

#include "stockcast/net/connector.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stockcast::sim {

/// Where notifications go.
struct WebhookUrl {
    Endpoint endpoint;
    std::string host_field;
    std::string target;  ///< path and query, `/` at least

    /// An absolute http or https URL with a host and nothing odd in it; else nothing.
    static std::optional<WebhookUrl> parse(std::string_view text);
};

/// Whether SIIGO would take it as the URL of a subscription: public https of fewer than 2,048 characters.
/// `loopback_too`: also this machine's own addresses, there also as http.
bool is_subscribable(std::string_view url, bool loopback_too);

}  // namespace stockcast::sim
