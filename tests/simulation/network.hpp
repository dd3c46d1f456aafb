#pragma once

#include "simulation/chance.hpp"
#include "simulation/scheduler.hpp"
#include "support/pipe_stream.hpp"

#include "stockcast/base/task_group.hpp"
#include "stockcast/net/byte_stream.hpp"
#include "stockcast/net/connector.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace stockcast::simulation {

/// How the lines are, for all connections; a run changes it as it goes.
struct Lines {
    std::chrono::nanoseconds latency{std::chrono::microseconds{200}};  ///< of a piece, at most ten times that
    double cut = 0;    ///< how many pieces end their connection instead of coming through
    double stall = 0;  ///< how many pieces are held up by `stall_for`
    std::chrono::nanoseconds stall_for{std::chrono::seconds{10}};
    double unreachable = 0;  ///< how many connects come to nothing, by a refusal or by silence
};

/// Connects processes by bytes in memory: pieces of any size, some of them late, and connections that are cut at any
/// byte. No TLS, no names: a host is who listens under that name.
class Network {
public:
    /// `carrier`: in whose tasks the pieces travel; outlives all others. `lines` may be changed at any time.
    Network(std::uint64_t seed, Process& carrier, Log& log, const Lines& lines);

    using Welcome = std::function<void(std::unique_ptr<ByteStream>)>;
    /// `welcome` is called as a task of `process`, until that is unplugged.
    void listen(const std::string& host, Process& process, Welcome welcome);
    /// Ends all connections of the process, and nobody reaches it any more.
    void unplug(Process& process);
    std::unique_ptr<Connector> connector(Process& from);
    /// Connections that the process holds on to.
    std::size_t ends_of(const Process& process) const;

private:
    class Plug;
    struct Host {
        Process* process;
        Welcome welcome;
    };
    /// The network's ends of one connection.
    struct Link {
        Process* from;
        Process* to;
        std::unique_ptr<test::PipeStream> caller;
        std::unique_ptr<test::PipeStream> called;
        int directions = 2;  ///< that still carry something

        void cut() {
            caller->close();
            called->close();
        }
    };

    asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Process& from, std::string host, Steady deadline);
    asio::awaitable<void> carry(std::shared_ptr<Link> link, test::PipeStream& from, test::PipeStream& to);
    asio::awaitable<bool> bring(Link& link, test::PipeStream& to, std::string bytes);

    Chance chance_;
    Process& carrier_;
    const Lines& lines_;
    TaskGroup carriers_;
    std::map<std::string, Host> hosts_;
    std::list<std::shared_ptr<Link>> links_;
};

}  // namespace stockcast::simulation
