#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace stockcast::bench {

/// Whether each of many clients gets every place of one order once, and in that order.
class Order {
public:
    explicit Order(std::size_t clients) : next_(clients, 0) {}

    /// The client is to get `place`, and all after it.
    void begin(std::size_t client, std::uint64_t place) { next_[client] = place; }
    /// The client got what stands at `place`. False when it had that already.
    bool take(std::size_t client, std::uint64_t place);

    std::size_t clients() const { return next_.size(); }
    std::uint64_t next(std::size_t client) const { return next_[client]; }
    std::uint64_t passed_over() const;  ///< places that were left out and have not come since
    std::uint64_t doubled() const { return doubled_; }
    std::uint64_t reordered() const { return reordered_; }  ///< came after one that should have followed it

private:
    std::vector<std::uint64_t> next_;                             ///< by client
    std::map<std::size_t, std::set<std::uint64_t>> passed_over_;  ///< of the few clients that have any
    std::uint64_t doubled_ = 0, reordered_ = 0;
};

}  // namespace stockcast::bench
