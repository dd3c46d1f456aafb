#pragma once

#include "bench/child.hpp"

#include <string>

namespace stockcast::bench {

/// What no server can beat on this machine: a process that answers each POST and sends its body, framed, to every
/// subscriber by a bare blocking `send()`. It understands nothing of what it is asked.
class RawServer {
public:
    struct Settings {
        /// `joined`: the bodies that wait together go out in one `send()` to each.
        enum class Sending { each, joined } sending = Sending::each;
        std::string sync_in;  ///< a directory: append and fdatasync the body there first; empty: don't
        int core = -1;        ///< the only one that it runs on; -1: any
    };
    /// As Child.
    explicit RawServer(const Settings& settings);

    std::string url() const { return "http://127.0.0.1:" + std::to_string(child_.port()); }
    unsigned pid() const { return child_.pid(); }

private:
    Child child_;
};

}  // namespace stockcast::bench
