#pragma once

#include <chrono>
#include <cstdint>

/// Another process of this machine, as /proc tells of it. All throw std::runtime_error when there is none.
namespace stockcast::bench {

struct Memory {
    std::uint64_t resident_kb = 0;
    std::uint64_t proportional_kb = 0;  ///< what is shared divided among its sharers; 0 where we may not look
};
Memory memory_of(unsigned pid);

/// Of all its threads, ended ones too, in user and in kernel mode.
std::chrono::nanoseconds cpu_time_of(unsigned pid);

/// What the kernel holds in the buffers of all TCP sockets of this machine. It belongs to no process.
std::uint64_t tcp_buffers_kb();

/// Packets that this machine has dropped on their way to itself or in, since more than net.core.netdev_max_backlog waited.
std::uint64_t packets_dropped();

}  // namespace stockcast::bench
