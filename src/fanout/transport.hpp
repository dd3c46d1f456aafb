#pragma once

#include "fanout/messages.hpp"

#include "stockcast/fanout/framing.hpp"
#include "stockcast/fanout/ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

namespace stockcast {

/// What was counted of the clients of one kind.
struct ClientCounts {
    std::size_t clients = 0;  ///< now
    std::uint64_t changes_sent = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t resumes = 0;
    std::array<std::uint64_t, messages::reset_reasons> resets{};
    std::map<unsigned, std::uint64_t> closed;  ///< by the code that we closed with
    std::uint64_t left = 0;                    ///< closed by the client, or lost
};

/// What all clients of one kind of stream share: the ring of changes framed for it, and what was counted.
struct Transport : ClientCounts {
    Transport(std::string_view its_name, std::unique_ptr<Framing> its_framing, std::size_t ring_bytes, Seq head)
        : name(its_name), framing(std::move(its_framing)), ring(ring_bytes, *framing, head) {}

    const std::string_view name;  ///< in metrics and lists
    const std::unique_ptr<Framing> framing;
    Ring ring;
};

}  // namespace stockcast
