#include "e2e/mixed_load.hpp"

#include <algorithm>
#include <stdexcept>

namespace stockcast::e2e {
namespace {

constexpr unsigned senders = 6;

bool is_change(const std::string& type) {
    return type == "stock_updated" || type == "product_created" || type == "product_updated" ||
           type == "product_deleted";
}

}  // namespace

void Promises::acknowledge(const std::string& code, Instant stamp) {
    const std::lock_guard lock{mutex_};
    auto& newest = stamps_[code];
    newest = std::max(newest, stamp);
    ++acknowledged_;
}

void Promises::deliver(std::uint64_t seq, const std::string& change) {
    const std::lock_guard lock{mutex_};
    delivered_[seq] = change;
}

std::uint64_t Promises::last_delivered() const {
    const std::lock_guard lock{mutex_};
    return delivered_.empty() ? 0 : delivered_.rbegin()->first;
}

std::vector<std::string> Promises::broken(World& world, std::uint64_t since) const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> broken;
    for (const auto& [code, stamp] : stamps_) {
        const auto product = world.product(code);
        const auto* metadata = product.find("metadata");
        const auto held = metadata ? text_of(*metadata, "stock_updated") : std::string{};
        const auto held_stamp = Instant::parse(held);
        if (!held_stamp || held_stamp->unix_ms() < stamp.unix_ms())
            broken.push_back(code + ": acknowledged of " + stamp.to_iso() + ", held of " + held);
    }
    for (auto next = delivered_.upper_bound(since); next != delivered_.end();) {
        const auto page = world.get("/api/changes?limit=1000&since=" + std::to_string(next->first - 1)).json();
        const auto* changes = page.find("changes");
        if (!changes || changes->if_array()->empty()) {
            broken.push_back("change " + std::to_string(next->first) + " was sent and is gone");
            break;
        }
        for (const auto& change : *changes->if_array()) {
            if (next == delivered_.end()) break;
            if (to_text(change) != next->second) broken.push_back("sent " + next->second + ", kept " + to_text(change));
            ++next;
        }
    }
    return broken;
}

MixedLoad::MixedLoad(World& world, const std::vector<std::string>& codes, Promises& promises)
    : world_(world), codes_(codes), promises_(promises) {
    for (unsigned sender = 0; sender < senders; ++sender) threads_.emplace_back([this, sender] { sell(sender); });
    threads_.emplace_back([this] { read(); });
    threads_.emplace_back([this] { listen(); });
    threads_.emplace_back([this] { administer(); });
}

void MixedLoad::wait() {
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

/// Sells at SIIGO, unannounced, and tells it as SIIGO would: so a sync finds the same figure.
void MixedLoad::sell(unsigned sender) {
    Connection siigo{world_.siigo_port()};
    Connection server{world_.port()};
    for (std::size_t n = sender; !gone_; n += senders) {
        const auto& code = codes_[n % codes_.size()];
        const auto sold = siigo.call({.method = "POST",
                                      .target = "/_sim/sell",
                                      .fields = {{"Content-Type", "application/json"}},
                                      .body = R"({"code":")" + code + R"(","quantity":1,"announce":false})"});
        const auto told = Notification::of(sold.json());
        const auto& stamp = told.stock_updated;
        const auto answer = server.call({.method = "POST",
                                         .target = world_.webhook_path(),
                                         .fields = {{"Content-Type", "application/json"}},
                                         .body = told.json()});
        if (answer.status == 0) gone_ = true;
        if (answer.status == 200) promises_.acknowledge(code, Instant::parse(stamp).value());
    }
}

void MixedLoad::read() {
    while (!gone_) {
        for (const auto* target : {"/api/products?limit=1000", "/api/webhooks/logs?limit=100", "/api/stats",
                                   "/api/changes?since=0&limit=1000", "/api/sync/logs"})
            if (world_.get(target).status == 0) gone_ = true;
    }
}

void MixedLoad::listen() {
    auto position = promises_.last_delivered();
    try {
        auto client = world_.websocket("?since=" + std::to_string(position));
        while (!gone_) {
            const auto message = client.next(std::chrono::milliseconds{200});
            if (!message) continue;
            const auto type = text_of(*message, "type");
            if (type == "reset") gapless_ = false;
            if (!is_change(type)) continue;
            const auto seq = std::stoull(text_of(*message, "seq"));
            if (seq != ++position) gapless_ = false;
            position = seq;
            promises_.deliver(seq, to_text(*message));
        }
    } catch (const std::exception&) {
        return;  // killed before it was connected
    }
}

/// Its backups take checkpoints of the running server. One that the kill meets is read from the store itself.
void MixedLoad::administer() {
    for (int n = 0; !gone_; ++n) {
        world_.post("/api/sync?full=true", "");
        const auto directory = backups_.path() + "/backup" + std::to_string(n);
        const auto backup = run_to_end({STOCKCAST_PROGRAM, "backup", directory}, world_.environment(), backups_.path());
        if (backup.exit_code != 0) continue;
        last_backup_ = directory;
        ++backups_made_;
    }
}

}  // namespace stockcast::e2e
