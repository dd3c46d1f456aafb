#include "app/control_socket.hpp"

#include "app/failure.hpp"

#include "stockcast/base/offload.hpp"
#include "stockcast/base/within.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace stockcast {
namespace {

using Local = asio::local::stream_protocol;
constexpr std::size_t line_bytes_max = 4096;
constexpr std::chrono::seconds line_deadline{5};

asio::awaitable<Result<std::string>> read_line(Local::socket& socket) {
    std::string buffer;
    auto [failed, bytes] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer, line_bytes_max), '\n', as_value);
    if (failed) co_return failed;
    co_return buffer.substr(0, bytes - 1);
}

/// The canonical form of the directory asked for, or nothing when it does not lie in `snapshots`, which is made.
std::string place_for_copy(const std::string& asked, const std::filesystem::path& snapshots) {
    std::error_code failed;
    const auto directory = std::filesystem::weakly_canonical(asked, failed);
    if (failed || directory.parent_path() != snapshots || directory.filename().empty()) return {};
    // A failure shows when the copy is made.
    if (std::filesystem::create_directory(snapshots, failed))
        std::filesystem::permissions(snapshots, std::filesystem::perms::owner_all, failed);
    return directory.string();
}

}  // namespace

struct ControlSocket::Impl {
    std::string path;
    std::filesystem::path snapshots;
    Local::acceptor acceptor;
    std::map<std::string, Command> commands;
    Ledger& ledger;
    Workers& workers;
    Clock& clock;
    Log& log;

    asio::awaitable<std::string> checkpoint(std::string asked) {
        const auto directory = co_await offload(
            workers, [asked = std::move(asked), snapshots = snapshots] { return place_for_copy(asked, snapshots); });
        if (directory.empty()) co_return "error the directory must lie in " + snapshots.string();
        const auto made = co_await ledger.checkpoint(directory);
        if (!made) co_return "error " + made.error().message();
        co_return "ok";
    }

    asio::awaitable<std::string> answer(std::string line) {
        const auto space = std::min(line.find(' '), line.size());
        const auto name = line.substr(0, space);
        auto argument = line.substr(std::min(space + 1, line.size()));
        if (name == "checkpoint") co_return co_await checkpoint(std::move(argument));
        const auto command = commands.find(name);
        if (command == commands.end()) co_return "error unknown command";
        co_return co_await command->second(std::move(argument));
    }

    asio::awaitable<void> serve(Local::socket socket) {
        auto line = co_await within(clock, clock.now() + line_deadline, read_line(socket));
        if (!line) co_return;
        const std::string text = co_await answer(std::move(*line)) + '\n';
        co_await asio::async_write(socket, asio::buffer(text), as_value);  // a client that left needs no answer
    }
};

ControlSocket::ControlSocket(asio::any_io_executor executor, std::string data_dir,
                             std::map<std::string, Command> commands, Ledger& ledger, Workers& workers, Clock& clock,
                             Log& log) {
    const auto directory = std::filesystem::weakly_canonical(data_dir);
    const auto path = (directory / "stockcast.sock").string();
    try {
        // The store's lock is ours: whoever made these is gone.
        ::unlink(path.c_str());
        std::filesystem::remove_all(directory / "snapshots");
        Local::acceptor acceptor{executor};
        acceptor.open();
        const auto mask = ::umask(0077);
        error_code failed;
        acceptor.bind(Local::endpoint{path}, failed);
        ::umask(mask);
        if (failed) throw boost::system::system_error{failed};
        acceptor.listen();
        impl_ = std::make_unique<Impl>(
            Impl{path, directory / "snapshots", std::move(acceptor), std::move(commands), ledger, workers, clock, log});
    } catch (const std::exception& why) {
        throw Failure{"Can't listen on " + path + ": " + why.what() +
                          ". A shorter DATA_DIR (a socket's path has at most 107 bytes) may help",
                      "No se puede escuchar en " + path + ": " + why.what() +
                          ". Pruebe un DATA_DIR más corto (la ruta admite 107 bytes)"};
    }
}

ControlSocket::~ControlSocket() = default;

asio::awaitable<void> ControlSocket::run(TaskGroup& tasks) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        auto [failed, socket] = co_await impl_->acceptor.async_accept(as_value);
        if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) break;
        if (failed) {
            // Out of descriptors, most likely: wait rather than spin.
            if (const auto slept = co_await impl_->clock.sleep_for(std::chrono::seconds{1}); !slept) break;
            continue;
        }
        tasks.spawn("control", impl_->serve(std::move(socket)));
    }
    ::unlink(impl_->path.c_str());
}

}  // namespace stockcast
