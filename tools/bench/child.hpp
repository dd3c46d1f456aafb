#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>

namespace stockcast::bench {

/// A server in a process of its own, which ends with its owner and at the latest with this process.
class Child {
public:
    using TellPort = std::function<void(std::uint16_t port)>;

    /// `serve` runs there: it tells its port and goes on for ever; what it throws is told after `name`. Make it before
    /// any thread is. Throws std::runtime_error when no port is told.
    Child(const char* name, const std::function<void(const TellPort&)>& serve);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    unsigned pid() const { return static_cast<unsigned>(pid_); }

private:
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

/// This process runs on that core alone; -1: on any.
void stay_on_core(int core);

}  // namespace stockcast::bench
