#pragma once

#include "e2e/world.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace stockcast::e2e {

/// A shop's day in small: webhooks at an even pace, clients of every kind that come, stay a moment and leave in every
/// manner, and readers. Until `end`.
class SoakLoad {
public:
    using Milliseconds = std::chrono::duration<double, std::milli>;

    /// `codes`: products that have stock at SIIGO.
    SoakLoad(World& world, std::vector<std::string> codes);
    ~SoakLoad() { end(); }
    void end();

    /// What webhooks took from the request to its answer since the last call.
    std::vector<Milliseconds> take_delays();
    std::uint64_t webhooks() const { return webhooks_; }
    std::uint64_t visits() const { return visits_; }
    /// Answers that were not as they should be, by what was asked and the status.
    std::map<std::string, unsigned> complaints() const;

private:
    void repeat(const std::function<void(unsigned turn)>& once);
    void sell(unsigned turn);
    void visit(unsigned turn);
    void read(unsigned turn);
    void expect(const std::string& what, unsigned status, unsigned wanted);

    World& world_;
    const std::vector<std::string> codes_;
    std::atomic<bool> ending_ = false;
    std::atomic<std::uint64_t> webhooks_ = 0, visits_ = 0;
    mutable std::mutex mutex_;
    std::vector<Milliseconds> delays_;
    std::map<std::string, unsigned> complaints_;
    std::vector<std::thread> threads_;
};

}  // namespace stockcast::e2e
