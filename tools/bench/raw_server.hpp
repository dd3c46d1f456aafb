#pragma once

#include "bench/child.hpp"

#include <memory>
#include <string>

namespace stockcast::bench {

struct RawServerSettings {
    /// `joined`: the bodies that wait together go out in one `send()` to each.
    enum class Sending { each, joined } sending = Sending::each;
    std::string sync_in;  ///< a directory: append and fdatasync the body there first; empty: don't
    int core = -1;        ///< the only one that it runs on; -1: any
};

/// What no server can beat on this machine: a process that answers each POST and sends its body, framed, to every
/// subscriber by a bare blocking `send()`. It understands nothing of what it is asked. As Child.
std::unique_ptr<Child> start_raw_server(const RawServerSettings& settings);

}  // namespace stockcast::bench
