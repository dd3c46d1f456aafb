#pragma once

#include "bench/bench.hpp"
#include "bench/deliveries.hpp"
#include "bench/process.hpp"
#include "bench/subscribers.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// What the modes with many clients of one stream have in common.
namespace stockcast::bench {

/// `url`: a server, or with a path the stream itself; `query` is added to stockcast's usual path. Throws
/// std::runtime_error.
Subscribers::Settings subscribers_of(const CrowdSettings& settings, const std::string& url,
                                     const std::string& query = "");

/// `http://HOST:PORT` of the server whose webhook address this is.
std::string server_of(const HttpUrl& url);

/// An address of the load. What is told of a bad one doesn't repeat it: it may hold a secret. Throws
/// std::runtime_error.
HttpUrl parsed_url(const std::string& text);

/// What a process costs from `begin()` to each later look; nothing where the process is 0.
class Watch {
public:
    explicit Watch(unsigned pid) : pid_(pid) { begin(); }
    void begin();
    bool is_on() const { return pid_ != 0; }
    double core_share() const;  ///< 1: one core the whole time
    std::chrono::nanoseconds cpu() const;
    /// Growth of its memory since the start, in kB; negative when it shrank.
    double resident_growth_kb() const;
    double proportional_growth_kb() const;

private:
    unsigned pid_;
    Memory memory_;
    std::chrono::nanoseconds cpu_{};
    Time at_;
};

/// `12,345 clients over WebSocket, TLS`.
std::string shown_crowd(const Subscribers::Settings& settings);

/// `0 missing, 0 double, 0 out of order`.
std::string shown_flaws(const Deliveries& deliveries);

double milliseconds(std::chrono::nanoseconds duration);

/// Figures for scripts: one JSON object on a line of standard output.
class FigureLine {
public:
    FigureLine& add(const std::string& name, double value);
    void print() const;

private:
    std::string members_;
};

}  // namespace stockcast::bench
