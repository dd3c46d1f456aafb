#pragma once

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/ledger/ledger.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace stockcast {

/// A file system as its user sees it.
struct DiskSpace {
    std::uint64_t free = 0;  ///< bytes that we may take
    std::uint64_t size = 0;
};
/// Of the file system that holds `directory`; nothing where it can't be asked. Blocking.
std::optional<DiskSpace> measure_disk(const std::string& directory);

/// Little room is left: long before the store refuses to write (RocksSettings::free_space_floor), so that somebody can
/// do something. It is over only with a quarter more, so that a disk on the brink is not told of again and again.
class DiskJudge {
public:
    /// Less than this, or than a twentieth of a small disk, is little.
    static constexpr std::uint64_t little = std::uint64_t{1} << 30;
    /// Nothing: neither begins nor ends.
    std::optional<bool> is_low(DiskSpace space, bool was_low) const;
};

/// Watches what the store stands on, and raises `disk_low` and `store_trouble`; ends alerts that were only noted.
class StoreWatch {
public:
    using Measure = std::function<std::optional<DiskSpace>()>;
    StoreWatch(Ledger& ledger, Workers& workers, Clock& clock, Alerts& alerts, Metrics& metrics, Measure measure);

    /// The loop; returns when cancelled (total).
    asio::awaitable<void> run();
    /// Told when the store takes writes again. Before the loop runs.
    void on_writable_again(std::function<void()> listener) { writable_again_ = std::move(listener); }
    /// The outcome of a write is not known: the server stops (Ledger's on_fatal).
    void store_failed();

private:
    void look_at_store();
    void look_at_disk(DiskSpace space);

    Ledger& ledger_;
    Workers& workers_;
    Clock& clock_;
    Alerts& alerts_;
    Measure measure_;
    std::function<void()> writable_again_;
    bool was_writable_ = true;
    std::optional<DiskSpace> space_;
};

}  // namespace stockcast
