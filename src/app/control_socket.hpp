#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/ledger/ledger.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace stockcast {

/// `DATA_DIR/stockcast.sock`: what programs on this machine ask of the running server, since it alone may write and copy
/// its store (store/offline.hpp is the other end). One line a connection, `COMMAND [ARGUMENT]`, answered by one line:
/// `ok [TEXT]` or `error REASON`. Who may open the socket is the file's permission (0600).
/// `checkpoint DIRECTORY` is always known; DIRECTORY must lie in `DATA_DIR/snapshots/`.
class ControlSocket {
public:
    /// Makes the answering line, without its end. Runs on the executor.
    using Command = std::function<asio::awaitable<std::string>(std::string argument)>;

    /// Takes the place of a socket that a crash left, and removes copies that a killed tool left. Throws Failure.
    ControlSocket(asio::any_io_executor executor, std::string data_dir, std::map<std::string, Command> commands,
                  Ledger& ledger, Workers& workers, Clock& clock, Log& log);
    ~ControlSocket();
    /// Until cancelled (total); then the socket's file is gone.
    asio::awaitable<void> run(TaskGroup& tasks);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
