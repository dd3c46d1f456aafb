#pragma once

#include "bench/child.hpp"

#include <memory>

namespace stockcast::bench {

/// What our framing is measured beside: a process that answers each POST and sends its body to every subscriber through
/// `beast::websocket::stream`, with a queue for each, as Beast's own examples do. `core`: the only one that it runs on;
/// -1: any. As Child.
std::unique_ptr<Child> start_beast_server(int core);

}  // namespace stockcast::bench
