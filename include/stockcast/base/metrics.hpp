#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast {

/// Label names and values of one series. Values come from a small fixed set: never a product, address or token.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// Only grows. Any thread.
class Counter {
public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Counts by upper bound. Any thread; a scrape in between may see the sum without the count.
class Histogram {
public:
    /// Bounds grow and are finite; what is above the last is counted as well.
    explicit Histogram(std::span<const double> upper_bounds);
    void observe(double value);
    template <class Rep, class Period>
    void observe(std::chrono::duration<Rep, Period> took) {
        observe(std::chrono::duration<double>{took}.count());
    }
    struct Reading {
        std::vector<std::uint64_t> cumulative;  ///< by bound, then all
        double sum = 0;
    };
    Reading read() const;
    const std::vector<double>& upper_bounds() const { return bounds_; }

private:
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_{0};
};

/// From 0.1 ms to 10 s: what a notification, a commit or a request takes.
extern const std::span<const double> latency_seconds;
/// Powers of four from 1 to 4096: how many a batch or a page holds.
extern const std::span<const double> batch_sizes;

/// Every series of `/metrics`, in the Prometheus text format 0.0.4. Made once at the start and kept by reference, so
/// that counting builds no text; what was made lives as long as the registry. Names follow Prometheus's conventions
/// (`stockcast_…_total`, `…_seconds`, `…_bytes`). A bad name, a name twice with another help, kind or label names, and
/// a read series made twice are bugs (std::logic_error). Executor only, but for what it has handed out.
class Metrics {
public:
    /// The same name and labels give the same one.
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, std::span<const double> upper_bounds,
                         Labels labels = {});
    /// Read when it is scraped, on the executor: may look at what belongs to it. NaN: not known now, the series is left
    /// out of that scrape.
    void gauge(std::string_view name, std::string_view help, Labels labels, std::function<double()> read);
    /// The same for a count that is kept elsewhere.
    void counter(std::string_view name, std::string_view help, Labels labels, std::function<double()> read);

    std::string text() const;

private:
    struct Series {
        Labels labels;
        std::string written;  ///< `topic="x",result="y"`; empty without labels
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> read;
    };
    struct Family {
        std::string kind;
        std::string help;
        std::deque<Series> series;
    };
    Series& series(std::string_view name, std::string_view kind, std::string_view help, Labels labels);
    static void write(std::string& out, const std::string& name, const Family& family);

    std::map<std::string, Family, std::less<>> families_;
};

}  // namespace stockcast
