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

struct HostileSettings {
    std::string url;       ///< with the secret
    unsigned slow = 5000;  ///< connections that never finish a header or a body
    double hints = 1000;   ///< notifications without the secret, a second
    double rate = 50;      ///< genuine webhooks a second
    unsigned seconds = 60;
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
    unsigned pid = 0;  ///< of the server, whose memory is watched; 0: none
};
/// False when any genuine notification was not answered 200.
bool hostile(const HostileSettings& settings);

struct ReadSettings {
    std::string url;           ///< `http://HOST:PORT`, of the loopback
    std::string token;         ///< of a viewer
    unsigned connections = 8;  ///< for what is counted by the second; what is timed has one
    unsigned seconds = 3;      ///< of each question in each run
    unsigned runs = 5;
    std::string product;  ///< whose past is read; empty: the one that moved most of late
    std::string at;       ///< time or seq; empty: drawn from that product's history
};
/// False when any answer was none of 2xx.
bool read(const ReadSettings& settings);

struct OverloadSettings {
    std::string url;    ///< `http://HOST:PORT`, of the loopback
    std::string token;  ///< of a viewer
    std::string secret;
    unsigned exports = 2;       ///< loops of whole catalogues as CSV
    unsigned searches = 1;      ///< loops of searches to the end of the catalogue
    unsigned slow_readers = 0;  ///< WebSocket clients that never read what they are sent
    std::string search = "zqx";
    double rate = 200;  ///< webhooks a second
    unsigned connections = 16;
    unsigned seconds = 10;  ///< of each half of a run
    unsigned runs = 3;
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
};
/// False when any webhook was not answered 200, or anything beside them was refused.
bool overload(const OverloadSettings& settings);

/// Many clients of one stream.
struct CrowdSettings {
    std::string token;  ///< empty: none is needed
    std::string ca;     ///< PEM, trusted for `https://`; empty: a server on this machine is believed
    std::string transport = "ws";
    unsigned clients = 1000;
    unsigned pid = 0;  ///< of the server, whose processor and memory are watched; 0: none
};

struct FanoutSettings {
    CrowdSettings crowd;
    std::string url;      ///< a webhook address with its secret; or, with `connect`, what passes on each POST
    std::string connect;  ///< the stream of a server that is not stockcast
    std::string own;      ///< a server of this program instead: `each` or `joined` (raw loops), `beast`; empty: none
    std::string sync_in;  ///< directory in which a raw loop makes each change durable; empty: it doesn't
    int own_core = -1;    ///< the only one that it runs on; -1: any
    unsigned in_flight = 1;
    double rate = 0;  ///< changes a second, whatever is under way; 0: `in_flight` instead
    unsigned seconds = 10;
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
    bool json = false;  ///< the figures as one line for scripts
};
/// False when any change was refused, or any client missed any, or had it twice or out of order.
bool fanout(const FanoutSettings& settings);

struct IdleSettings {
    CrowdSettings crowd;
    std::string url;  ///< `http(s)://HOST:PORT`, or with the path of another server's stream
    unsigned seconds = 10;
    bool json = false;
};
/// False when any client could not stay.
bool idle(const IdleSettings& settings);

struct StallSettings {
    CrowdSettings crowd;
    std::string url;         ///< a webhook address with its secret
    double rate = 20;        ///< webhooks a second
    unsigned quiet = 10;     ///< seconds in which all read, before and to compare with
    unsigned stalled = 45;   ///< seconds in which none reads
    int receive_buffer = 0;  ///< bytes that the kernel keeps for each client; 0: as many as it sees fit
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
};
/// False when any webhook was refused, or any client, a minute after it read again, missed any change, or had it twice
/// or out of order.
bool stall(const StallSettings& settings);

struct ResumeSettings {
    CrowdSettings crowd;  ///< of those who come back
    std::string url;      ///< a webhook address with its secret
    std::uint64_t behind = 10'000;
    unsigned live = 100;  ///< further clients, which are level all the time
    double rate = 20;     ///< webhooks a second
    unsigned quiet = 10;  ///< seconds before, to compare with
    unsigned products = 589;
    std::string company_key = "demo";
    std::uint64_t seed = 1;
};
/// False when any webhook was refused, or any client missed any change, or had it twice or out of order.
bool resume(const ResumeSettings& settings);

struct SyncBenchSettings {
    unsigned products = 589;
    unsigned batch_size = 50;
    unsigned requests_per_minute = 100'000;
    unsigned spacing_ms = 0;
    std::string directory;  ///< of the store; empty: a temporary one, removed afterwards
};
/// False when the sync did not complete.
bool sync(const SyncBenchSettings& settings);

struct FillSettings {
    std::string directory;  ///< a DATA_DIR without a store
    std::uint64_t changes = 1'000'000;
    unsigned products = 10'000;
    std::uint64_t busy = 0;  ///< further changes, all of one further product
    unsigned days = 30;      ///< over which they are spread, up to now
    std::string company = "main";
};
/// A store as so many webhooks would have left it, to measure what reads it. True; it throws else.
bool fill(const FillSettings& settings);

}  // namespace stockcast::bench
