#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/event.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/result.hpp"

#include <boost/asio/ip/address.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stockcast {

using Addresses = std::vector<asio::ip::address>;

/// Names to addresses by getaddrinfo on a worker: at most one look-up a name at a time, shared by all who wait. The
/// last good answer is kept and used when a new look-up fails or takes too long.
class Resolver {
public:
    Resolver(Workers& workers, Clock& clock) : workers_(workers), clock_(clock) {}
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// Errors: `closed` (unknown name), `timed_out`, `stopping`. The wait ends at `deadline` though the look-up can't.
    asio::awaitable<Result<Addresses>> resolve(std::string host, Steady deadline);

private:
    struct Mailbox;
    struct Lookup;
    struct Known {
        Addresses addresses;
        Steady at;
    };
    std::shared_ptr<Lookup> start(const std::string& host, const asio::any_io_executor& executor);

    Workers& workers_;
    Clock& clock_;
    std::map<std::string, Known> known_;
    std::map<std::string, std::shared_ptr<Lookup>> running_;
};

}  // namespace stockcast
