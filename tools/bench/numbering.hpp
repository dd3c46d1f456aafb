#pragma once

#include "bench/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stockcast::bench {

/// Which trigger a message comes from, and its place among all messages: see Deliveries.
class Numbering {
public:
    /// `by_seq`: stockcast's, where `seq` is the place and the figure of stock names the trigger, 0 having `first_figure`.
    /// `by_sight`: of a server that passes on what it is given, where `seq` names the trigger, 0 having `first_figure`;
    /// the place is that in which the first of all clients saw it.
    enum class Rule { by_seq, by_sight };
    Numbering(Rule rule, std::uint64_t first_figure) : rule_(rule), first_figure_(first_figure) {}

    struct Numbered {
        std::uint64_t place = 0;
        std::optional<std::uint64_t> trigger;  ///< absent: somebody else's change
    };
    Numbered operator()(const Message& message, std::string_view payload);

private:
    std::optional<std::uint64_t> trigger_of(std::optional<std::uint64_t> figure) const;
    Numbered by_seq(std::uint64_t seq, std::string_view payload);
    Numbered by_sight(std::uint64_t figure);

    Rule rule_;
    std::uint64_t first_figure_;
    // A message comes once for each client: what it says beside its seq is read the first time only.
    std::optional<std::uint64_t> first_seq_;
    std::vector<std::optional<Numbered>> known_;  ///< by seq from first_seq_ on, or by trigger
    std::uint64_t places_ = 0;
};

}  // namespace stockcast::bench
