#pragma once

#include "bench/histogram.hpp"
#include "bench/socket.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace stockcast::bench {

struct DiskResult {
    double per_second = 0;
    Histogram durations;
};

/// To write to; removed when it is closed, however this process ends. Throws std::system_error.
Descriptor temporary_file_in(const std::string& directory);

/// The least that one durable notification can cost here: append `bytes` to a file in `directory` and fdatasync, over
/// and over for `span`. The file is removed. Throws std::system_error.
DiskResult append_and_sync(const std::string& directory, std::size_t bytes, std::chrono::milliseconds span);

}  // namespace stockcast::bench
