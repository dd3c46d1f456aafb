#include "app/process.hpp"

#include <boost/asio/co_spawn.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

struct Ending {
    int exit_code = 1;
    bool asked = false;
};

asio::awaitable<void> heed_signals(Process& process, asio::signal_set& signals, Server& server, Ending& ending) {
    for (;;) {
        const auto [failed, signal] = co_await signals.async_wait(as_value);
        if (failed) co_return;  // cancelled: the server has ended
        if (signal == SIGHUP) {
            server.reload_certificate();
        } else if (!ending.asked) {
            ending.asked = true;
            server.stop();
        } else {
            std::_Exit(1);  // asked twice: whoever asks does not want to wait; the store bears a kill at any instant
        }
    }
}

asio::awaitable<void> run(Process& process, asio::signal_set& signals, Server& server,
                          std::function<void(TaskGroup&)> beside, Ending& ending) {
    TaskGroup others{process.io.get_executor(), process.clock, process.log};
    if (beside) beside(others);
    ending.exit_code = co_await server.run();
    co_await others.wind_down(500ms);
    signals.cancel();
}

}  // namespace

int run_until_signalled(Process& process, Server& server, std::function<void(TaskGroup&)> beside) {
    std::signal(SIGPIPE, SIG_IGN);  // a client that left is an error of its write, not the end of the process
    asio::signal_set signals{process.io, SIGINT, SIGTERM, SIGHUP};
    Ending ending;
    std::exception_ptr broken;
    const auto note = [&](std::exception_ptr thrown) {
        if (!thrown) return;
        broken = thrown;
        process.io.stop();
    };
    asio::co_spawn(process.io, heed_signals(process, signals, server, ending), note);
    asio::co_spawn(process.io, run(process, signals, server, std::move(beside), ending), note);
    process.io.run();
    if (broken) std::rethrow_exception(broken);
    return ending.exit_code;
}

}  // namespace stockcast
