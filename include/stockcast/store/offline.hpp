#pragma once

#include "stockcast/base/random.hpp"
#include "stockcast/store/rocks_store.hpp"
#include "stockcast/store/store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace stockcast {

class AbortNotice;
class DirectoryLock;
class RocksStore;

/// A store as a tool reads it (dump, replay, verify, backup): the store itself where nobody uses it, without writing a
/// byte (so that a tool run as root leaves no file that the server can't open); else a checkpoint that the running
/// server makes on request, since only the process that writes can copy consistently. Such a copy goes with the object;
/// one that a killed tool left goes with the next. Blocking.
class OfflineStore {
public:
    /// `data_dir` is a DATA_DIR, a backup or a checkpoint. Throws StoreRefused: `unreachable` where there is no store,
    /// or where one is in use and its server makes no copy within `patience`.
    OfflineStore(const std::string& data_dir, Random& random, std::chrono::seconds patience = std::chrono::minutes{2});
    /// Closes the store, then removes the copy.
    ~OfflineStore();
    OfflineStore(const OfflineStore&) = delete;
    OfflineStore& operator=(const OfflineStore&) = delete;

    Store& store();
    /// Reads every file of it and compares it with the checksums that the store keeps of whole files and of their
    /// blocks. What is wrong, in RocksDB's words; empty: nothing.
    std::string check_files() const;
    /// Where the store that is read lies: `data_dir`, or the server's copy.
    const std::string& directory() const { return directory_; }
    bool is_copy() const { return is_copy_; }

private:
    void copy_from_server(const std::string& data_dir, Random& random, std::chrono::seconds patience);

    std::string directory_;
    bool is_copy_ = false;
    std::unique_ptr<DirectoryLock> copy_lock_;  ///< tells other tools that this copy is in use
    std::unique_ptr<RocksStore> store_;
    std::unique_ptr<AbortNotice> notice_;  ///< reading all of a damaged store can meet an assertion at any place
};

/// Says `line` to the server behind `DATA_DIR/stockcast.sock` and waits for its line: `ok`, with or without a text
/// behind it, or `error REASON`.
struct ServerAnswer {
    std::string failed;  ///< the reason, also where no server answers; empty: it was `ok`
    std::string text;    ///< what stood behind `ok`
};
ServerAnswer ask_server(const std::string& data_dir, const std::string& line, std::chrono::seconds patience);

/// Asks the server behind `DATA_DIR/stockcast.sock` for a checkpoint: a line `checkpoint DIRECTORY` (absolute, in
/// `DATA_DIR/snapshots/`, not there yet), answered by a line `ok` or `error REASON`. Returns the reason; empty when
/// done.
std::string ask_for_checkpoint(const std::string& data_dir, const std::string& directory,
                               std::chrono::seconds patience);

}  // namespace stockcast
