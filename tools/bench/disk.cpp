#include "bench/disk.hpp"

#include "bench/time.hpp"

#include <cstdio>
#include <stdlib.h>
#include <unistd.h>

namespace stockcast::bench {

Descriptor temporary_file_in(const std::string& directory) {
    std::string path = directory + "/stockcast-bench-XXXXXX";
    Descriptor file{::mkstemp(path.data())};
    if (file.get() < 0) fail(path);
    std::remove(path.c_str());
    return file;
}

DiskResult append_and_sync(const std::string& directory, std::size_t bytes, std::chrono::milliseconds span) {
    const auto file = temporary_file_in(directory);
    const std::string record(bytes, 'x');
    DiskResult result;
    const auto began = now();
    for (auto at = began; at - began < span;) {
        if (::write(file.get(), record.data(), record.size()) != static_cast<ssize_t>(record.size())) fail("write");
        if (::fdatasync(file.get()) != 0) fail("fdatasync");
        const auto done = now();
        result.durations.add(done - at);
        at = done;
    }
    const std::chrono::duration<double> took = now() - began;
    result.per_second = static_cast<double>(result.durations.count()) / took.count();
    return result;
}

}  // namespace stockcast::bench
