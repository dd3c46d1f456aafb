#include "app/store_watch.hpp"

#include <algorithm>
#include <limits>
#include <sys/statvfs.h>

namespace stockcast {
namespace {

constexpr std::chrono::seconds look_every{1};
constexpr int looks_a_measurement = 10;
constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

}  // namespace

std::optional<DiskSpace> measure_disk(const std::string& directory) {
    struct statvfs disk{};
    if (::statvfs(directory.c_str(), &disk) != 0) return std::nullopt;
    return DiskSpace{std::uint64_t{disk.f_bavail} * disk.f_frsize, std::uint64_t{disk.f_blocks} * disk.f_frsize};
}

std::optional<bool> DiskJudge::is_low(DiskSpace space, bool was_low) const {
    const auto limit = std::min(little, space.size / 20);
    if (space.free < limit) return true;
    if (!was_low || space.free >= limit + limit / 4) return false;
    return std::nullopt;
}

StoreWatch::StoreWatch(Ledger& ledger, Workers& workers, Clock& clock, Alerts& alerts, Metrics& metrics,
                       Measure measure)
    : ledger_(ledger), workers_(workers), clock_(clock), alerts_(alerts), measure_(std::move(measure)) {
    const auto read = [this](std::uint64_t DiskSpace::* what) {
        return [this, what] {
            return space_ ? static_cast<double>((*space_).*what) : std::numeric_limits<double>::quiet_NaN();
        };
    };
    metrics.gauge("stockcast_disk_free_bytes", "What is free on DATA_DIR's file system.", {}, read(&DiskSpace::free));
    metrics.gauge("stockcast_disk_size_bytes", "The size of DATA_DIR's file system.", {}, read(&DiskSpace::size));
}

asio::awaitable<void> StoreWatch::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    for (int look = 0;; look = (look + 1) % looks_a_measurement) {
        look_at_store();
        alerts_.end_quiet();
        if (look == 0) {
            if (const auto space = co_await offload(workers_, measure_)) look_at_disk(*space);
        }
        if (const auto slept = co_await clock_.sleep_for(look_every); !slept) co_return;
    }
}

void StoreWatch::look_at_store() {
    const auto& store = ledger_.status().store;
    if (store.writable)
        alerts_.clear(AlertKind::store_trouble, "", {"The store takes writes again", "El almacén guarda de nuevo"});
    else
        alerts_.raise(AlertKind::store_trouble, "",
                      {"The store takes no writes, so notifications are answered with 503: {reason}",
                       "El almacén no guarda, así que las notificaciones se responden con 503: {reason}"},
                      {{"reason", store.reason}});
    if (store.writable && !was_writable_ && writable_again_) writable_again_();
    was_writable_ = store.writable;
}

void StoreWatch::store_failed() {
    alerts_.raise(AlertKind::store_trouble, "",
                  {"The store failed and the server stops: {reason}. Look at DATA_DIR's disk, then start it again",
                   "El almacén falló y el servidor se detiene: {reason}. Revise el disco de DATA_DIR e inícielo de "
                   "nuevo"},
                  {{"reason", ledger_.status().store.reason}});
}

void StoreWatch::look_at_disk(DiskSpace space) {
    space_ = space;
    const auto low = DiskJudge{}.is_low(space, alerts_.is_active(AlertKind::disk_low, ""));
    if (!low) return;
    const Field free{"mib", space.free / mebibyte};
    if (*low)
        alerts_.raise(AlertKind::disk_low, "",
                      {"Only {mib} MiB are free on DATA_DIR's disk. When it is full, nothing can be kept any more",
                       "Quedan solo {mib} MiB libres en el disco de DATA_DIR. Si se llena, no se puede guardar nada"},
                      {free});
    else
        alerts_.clear(AlertKind::disk_low, "",
                      {"DATA_DIR's disk has room again: {mib} MiB are free",
                       "El disco de DATA_DIR tiene espacio de nuevo: {mib} MiB libres"},
                      {free});
}

}  // namespace stockcast
