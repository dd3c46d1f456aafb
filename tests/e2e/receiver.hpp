#pragma once

#include "e2e/client.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace stockcast::e2e {

/// A web server on loopback that takes what is POSTed to it, one connection at a time, on a thread of its own.
class Receiver {
public:
    Receiver();
    ~Receiver();

    std::uint16_t port() const;
    /// What it answers from now on.
    void answer_with(unsigned status) { status_ = status; }
    std::vector<Call> received() const;
    /// The first whose body holds `part`; waits for it.
    std::optional<Call> wait_for(const std::string& part);

private:
    struct Impl;
    void serve();

    std::atomic<unsigned> status_ = 200;
    mutable std::mutex mutex_;
    std::vector<Call> received_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast::e2e
