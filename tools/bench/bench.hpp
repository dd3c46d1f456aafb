#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The benchmarks of stockcast-bench; each prints its figures and throws std::runtime_error when it can't measure.
namespace stockcast::bench {

struct IngestSettings {
    std::string url;  ///< with the secret
    std::vector<unsigned> connections{64};
    unsigned seconds = 10;
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
    std::string disk = ".";
};
/// False when any notification was refused.
bool ingest(const IngestSettings& settings);

struct LatencySettings {
    std::string url;    ///< with the secret
    std::string token;  ///< for `/ws`; empty: none is needed (STREAM_PUBLIC)
    unsigned clients = 100;
    double rate = 200;  ///< webhooks a second
    unsigned seconds = 10;
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
};
/// False when any notification was refused, or any client missed any of them.
bool latency(const LatencySettings& settings);

struct SyncBenchSettings {
    unsigned products = 589;
    unsigned batch_size = 50;
    unsigned requests_per_minute = 100'000;
    unsigned spacing_ms = 0;
    std::string directory;  ///< of the store; empty: a temporary one, removed afterwards
};
/// False when the sync did not complete.
bool sync(const SyncBenchSettings& settings);

}  // namespace stockcast::bench
