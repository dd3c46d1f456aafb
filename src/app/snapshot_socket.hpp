#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/ledger/ledger.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace stockcast {

/// `DATA_DIR/stockcast.sock`: only the server may copy its store, so tools ask it for a checkpoint (store/offline.hpp
/// is the other end). A line `checkpoint DIRECTORY` is answered by `ok` or `error REASON`. DIRECTORY must lie in
/// `DATA_DIR/snapshots/`. Who may open the socket is the file's permission (0600).
class SnapshotSocket {
public:
    /// Takes the place of a socket that a crash left, and removes copies that a killed tool left. Throws Failure.
    SnapshotSocket(asio::any_io_executor executor, std::string data_dir, Ledger& ledger, Workers& workers, Clock& clock,
                   Log& log);
    ~SnapshotSocket();
    /// Until cancelled (total); then the socket's file is gone.
    asio::awaitable<void> run(TaskGroup& tasks);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
