#pragma once

#include "e2e/world.hpp"

#include "stockcast/base/instant.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace stockcast::e2e {

/// What clients were told by a server that may be gone: it must all be found again. Safe from any thread.
class Promises {
public:
    /// The notification of a stock of that stamp was answered 200.
    void acknowledge(const std::string& code, Instant stamp);
    /// A change came over the WebSocket.
    void deliver(std::uint64_t seq, const std::string& change);

    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t last_delivered() const;
    /// What the server that runs now does not keep of it. Changes are compared from `since` on.
    std::vector<std::string> broken(World& world, std::uint64_t since) const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Instant> stamps_;           ///< the newest that was acknowledged, by code
    std::map<std::uint64_t, std::string> delivered_;  ///< the very text of each change
    std::atomic<std::uint64_t> acknowledged_ = 0;
};

/// Everything at once on a running server: sales told by webhooks, readers, a WebSocket client that resumes where it was,
/// full syncs beside the scheduled ones, backups. Ends by itself once the server is gone.
class MixedLoad {
public:
    MixedLoad(World& world, const std::vector<std::string>& codes, Promises& promises);
    ~MixedLoad() { wait(); }

    /// How many backups were made so far.
    int backups_made() const { return backups_made_; }
    /// Until all have noticed that the server is gone.
    void wait();
    /// After `wait`: whether the WebSocket client was sent every change after its position, once and in order.
    bool is_gapless() const { return gapless_; }
    /// After `wait`: the directory of the last backup that said it was made, as long as this object lives; empty: none.
    const std::string& last_backup() const { return last_backup_; }

private:
    void sell(unsigned sender);
    void read();
    void listen();
    void administer();

    World& world_;
    const std::vector<std::string>& codes_;
    Promises& promises_;
    TemporaryDirectory backups_;
    std::atomic<bool> gone_ = false;
    bool gapless_ = true;
    std::string last_backup_;
    std::atomic<int> backups_made_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace stockcast::e2e
