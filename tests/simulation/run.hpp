#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace stockcast::simulation {

/// What a shop lives through.
enum class Story {
    troubles,  ///< one after the other, of every kind
    outage,    ///< a week in which SIIGO is well, then it is out; the server is killed and stopped now and then
};

/// What a run is made of; all else follows from the seed.
struct RunSettings {
    std::uint64_t seed = 1;
    Story story = Story::troubles;
    std::chrono::nanoseconds length{
        std::chrono::hours{1}};        ///< with faults; the calm in which all must come right comes after it
    std::string trace_file;            ///< empty: none
    std::set<std::uint64_t> left_out;  ///< troubles, by their number, that are not made
};

struct RunResult {
    std::string violation;  ///< empty: none
    std::uint64_t trace_hash = 0;
    std::uint64_t troubles = 0;           ///< numbered from 0, with those that were left out
    std::vector<std::string> last_lines;  ///< of the trace
    std::chrono::nanoseconds simulated{0};
    std::uint64_t steps = 0;         ///< tasks that were run
    std::uint64_t starts = 0;        ///< of the server
    std::uint64_t changes = 0;       ///< recorded
    std::uint64_t answers = 0;       ///< of SIIGO's to us
    std::uint64_t acknowledged = 0;  ///< notifications
    double worst_failure_share = 0;
};

/// One shop's time from one seed: the real server between an adverse SIIGO, bad lines, a bad disk, kills, and listeners
/// that come and go. Throws what the server throws as it starts.
RunResult run(const RunSettings& settings);

}  // namespace stockcast::simulation
