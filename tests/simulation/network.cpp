#include "simulation/network.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace stockcast::simulation {
namespace {

constexpr std::size_t largest_piece = 16 * 1024;

}  // namespace

class Network::Plug final : public Connector {
public:
    Plug(Network& network, Process& process) : network_(network), process_(process) {}
    asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Endpoint to, Steady deadline) override {
        return network_.connect(process_, std::move(to.host), deadline);
    }

private:
    Network& network_;
    Process& process_;
};

Network::Network(std::uint64_t seed, Process& carrier, Log& log, const Lines& lines)
    : chance_(seed, "network"), carrier_(carrier), lines_(lines), carriers_(carrier.executor(), carrier.clock(), log) {}

void Network::listen(const std::string& host, Process& process, Welcome welcome) {
    hosts_[host] = {&process, std::move(welcome)};
}

void Network::unplug(Process& process) {
    std::erase_if(hosts_, [&](const auto& host) { return host.second.process == &process; });
    for (const auto& link : links_)
        if (link->from == &process || link->to == &process) link->cut();
}

std::size_t Network::ends_of(const Process& process) const {
    std::size_t count = 0;
    for (const auto& link : links_) {
        if (link->from == &process && !link->caller->is_alone()) ++count;
        if (link->to == &process && !link->called->is_alone()) ++count;
    }
    return count;
}

std::unique_ptr<Connector> Network::connector(Process& from) {
    return std::make_unique<Plug>(*this, from);
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> Network::connect(Process& from, std::string host,
                                                                      Steady deadline) {
    auto& clock = from.clock();
    auto slept = co_await clock.sleep_for(chance_.duration(lines_.latency / 10 + std::chrono::nanoseconds{1},
                                                           lines_.latency * 10 + std::chrono::nanoseconds{2}));
    if (!slept) co_return slept.error();
    const bool is_silent = chance_.chance(lines_.unreachable);
    const auto at = hosts_.find(host);
    if (is_silent && chance_.chance(0.5)) {
        slept = co_await clock.sleep_until(deadline);
        co_return slept ? Errc::timed_out : slept.error();
    }
    if (is_silent || at == hosts_.end()) co_return Errc::closed;

    auto& to = *at->second.process;
    const auto room = static_cast<std::size_t>(chance_.between(1, 64)) * 1024;
    auto [caller, callers_end] = test::PipeStream::make(from.executor(), carrier_.executor(), room);
    auto [called, calleds_end] = test::PipeStream::make(to.executor(), carrier_.executor(), room);
    const auto link = std::make_shared<Link>(Link{&from, &to, std::move(callers_end), std::move(calleds_end)});
    links_.push_back(link);
    carriers_.spawn("there", carry(link, *link->caller, *link->called));
    carriers_.spawn("back", carry(link, *link->called, *link->caller));
    // Shared, as a function may be copied; and a host that is gone by then leaves the line dead.
    asio::post(to.executor(),
               [this, host, process = &to, stream = std::make_shared<std::unique_ptr<ByteStream>>(std::move(called))] {
                   const auto now = hosts_.find(host);
                   if (now != hosts_.end() && now->second.process == process) now->second.welcome(std::move(*stream));
               });
    co_return std::unique_ptr<ByteStream>{std::move(caller)};
}

asio::awaitable<void> Network::carry(std::shared_ptr<Link> link, test::PipeStream& from, test::PipeStream& to) {
    std::string buffer;
    for (;;) {
        buffer.resize(static_cast<std::size_t>(
            chance_.duration(std::chrono::nanoseconds{1}, std::chrono::nanoseconds{largest_piece}).count()));
        auto count = co_await read_some(from, asio::buffer(buffer));
        if (!count) break;
        const bool brought = co_await bring(*link, to, buffer.substr(0, *count));
        if (!brought) {
            link->cut();
            break;
        }
    }
    to.put_end();
    if (--link->directions > 0) co_return;
    link->cut();
    links_.remove(link);
}

asio::awaitable<bool> Network::bring(Link& link, test::PipeStream& to, std::string bytes) {
    if (chance_.chance(lines_.cut)) co_return false;
    auto delay = chance_.duration(lines_.latency / 10 + std::chrono::nanoseconds{1},
                                  lines_.latency * 10 + std::chrono::nanoseconds{2});
    if (chance_.chance(lines_.stall)) delay += chance_.duration(lines_.stall_for / 100, lines_.stall_for);
    auto slept = co_await carrier_.clock().sleep_for(delay);
    auto written = co_await write_all(to, bytes);
    co_return slept.has_value() && written.has_value() && link.directions > 0;
}

}  // namespace stockcast::simulation
