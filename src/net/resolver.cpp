#include "net/resolver.hpp"

#include "stockcast/base/within.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <sys/socket.h>

namespace stockcast {

namespace {

constexpr std::chrono::seconds fresh_for{30};
/// After this long the last good answer, if there is one, is used; the look-up goes on for the next time.
constexpr std::chrono::seconds patience{3};
constexpr std::size_t addresses_max = 8;

Addresses look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* first = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0) return {};

    Addresses found;
    for (const addrinfo* entry = first; entry != nullptr && found.size() < addresses_max; entry = entry->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                    reinterpret_cast<char*>(endpoint.data()));
        found.push_back(endpoint.address());
    }
    freeaddrinfo(first);
    return found;
}

}  // namespace

/// All that the job holds on to. It may end long after those who wait, the resolver and the executor are gone: it posts
/// only while `executor` is set, and the resolver's destructor takes that away.
struct Resolver::Mailbox {
    std::mutex mutex;
    std::optional<asio::any_io_executor> executor;
};

/// What those who wait share; on the executor only.
struct Resolver::Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : done(executor) {}

    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    std::optional<Addresses> answer;
    Event done;
};

Resolver::~Resolver() {
    for (auto& [host, lookup] : running_) {
        const std::scoped_lock lock{lookup->mailbox->mutex};
        lookup->mailbox->executor.reset();
    }
}

std::shared_ptr<Resolver::Lookup> Resolver::start(const std::string& host, const asio::any_io_executor& executor) {
    auto& lookup = running_[host];
    if (lookup) return lookup;

    lookup = std::make_shared<Lookup>(executor);
    lookup->mailbox->executor = executor;
    workers_.post([host, mailbox = lookup->mailbox, waiting = std::weak_ptr{lookup}] {
        auto found = look_up(host);
        const std::scoped_lock lock{mailbox->mutex};
        if (!mailbox->executor) return;
        asio::post(*mailbox->executor, [waiting, found = std::move(found)]() mutable {
            const auto alive = waiting.lock();
            if (!alive) return;
            alive->answer = std::move(found);
            alive->done.notify_all();
        });
    });
    return lookup;
}

asio::awaitable<Result<Addresses>> Resolver::resolve(std::string host, Steady deadline) {
    error_code not_address;
    const auto literal = asio::ip::make_address(host, not_address);
    if (!not_address) co_return Addresses{literal};

    const auto known = known_.find(host);
    const bool has_known = known != known_.end();
    if (has_known && clock_.now() < known->second.at + fresh_for) co_return known->second.addresses;

    const auto lookup = start(host, co_await asio::this_coro::executor);
    const auto until = has_known ? std::min(deadline, clock_.now() + patience) : deadline;
    error_code failure;
    while (!lookup->answer && !failure) {
        auto waited = co_await within(clock_, until, lookup->done.wait());
        if (!waited) failure = waited.error();
    }

    if (lookup->answer) {
        // Only the look-up that is still listed: a second waiter must not forget one that was started since.
        const auto running = running_.find(host);
        if (running != running_.end() && running->second == lookup) running_.erase(running);
        if (!lookup->answer->empty()) {
            known_[host] = {*lookup->answer, clock_.now()};
            co_return *lookup->answer;
        }
        failure = Errc::closed;
    }
    const auto last_good = known_.find(host);
    if (failure != Errc::stopping && last_good != known_.end()) co_return last_good->second.addresses;
    co_return failure;
}

}  // namespace stockcast
