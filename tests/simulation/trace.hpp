#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace stockcast::simulation {

/// What happened, in order: its hash is the same for the same seed, always. The last lines are kept for whoever looks
/// into a failure; all of them go into a file where one is given.
class Trace {
public:
    /// `path`: empty for none. Throws std::system_error when it can't be written.
    explicit Trace(const std::string& path);

    /// `at`: since the run began.
    void note(std::chrono::nanoseconds at, std::string_view who, std::string_view what);
    /// Goes into the hash alone: what happens too often for a line.
    void mix(std::uint64_t value);

    std::uint64_t hash() const { return hash_; }
    const std::deque<std::string>& last_lines() const { return last_; }

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t hash_;
    std::deque<std::string> last_;
};

}  // namespace stockcast::simulation
