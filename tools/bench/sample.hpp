#pragma once

#include "bench/client.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace stockcast::bench {

/// The ids of all products, by paging; at most a million.
std::vector<std::string> product_ids(Client& client);

/// The ids of up to `count` webhooks' log entries, spread evenly over the time that the log spans.
std::vector<std::string> log_ids(Client& client, std::size_t count);

/// A product and moments of its history.
struct Past {
    std::string product;
    std::vector<std::string> times;
};
/// The one that moved most often in the last 1,000 changes, or `product` where that is given. Of its changes at most
/// 20,000 are looked at. No times: it has no history.
Past past_of(Client& client, std::string product);

}  // namespace stockcast::bench
