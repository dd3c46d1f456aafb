#include "e2e/soak_load.hpp"

#include "e2e/event_stream.hpp"

#include <exception>
#include <utility>

namespace stockcast::e2e {
namespace {

using namespace std::chrono_literals;

constexpr unsigned visitors = 4;
constexpr auto sale_every = 20ms;
constexpr auto read_every = 100ms;

}  // namespace

SoakLoad::SoakLoad(World& world, std::vector<std::string> codes) : world_(world), codes_(std::move(codes)) {
    threads_.emplace_back([this] { repeat([this](unsigned turn) { sell(turn); }); });
    threads_.emplace_back([this] { repeat([this](unsigned turn) { read(turn); }); });
    for (unsigned visitor = 0; visitor < visitors; ++visitor)
        threads_.emplace_back(
            [this, visitor] { repeat([=, this](unsigned turn) { visit(turn * visitors + visitor); }); });
}

void SoakLoad::end() {
    ending_ = true;
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void SoakLoad::repeat(const std::function<void(unsigned turn)>& once) {
    for (unsigned turn = 0; !ending_; ++turn) {
        try {
            once(turn);
        } catch (const std::exception& failed) {
            expect(failed.what(), 0, 1);
            std::this_thread::sleep_for(read_every);
        }
    }
}

void SoakLoad::expect(const std::string& what, unsigned status, unsigned wanted) {
    if (status == wanted) return;
    const std::lock_guard lock{mutex_};
    ++complaints_[what + ": " + std::to_string(status)];
}

/// Sells at SIIGO, unannounced, and tells it as SIIGO would: so a sync finds the same figure.
void SoakLoad::sell(unsigned turn) {
    const auto body = world_.sell(codes_[turn % codes_.size()], std::to_string(turn + 1), /*announce=*/false).json();
    const auto began = std::chrono::steady_clock::now();
    expect("webhook", world_.notify(body).status, 200);
    ++webhooks_;
    {
        const std::lock_guard lock{mutex_};
        delays_.emplace_back(std::chrono::steady_clock::now() - began);
    }
    if (turn % 50 == 0) expect("hint", world_.post("/api/webhooks/receive", body, "").status, 202);
    std::this_thread::sleep_for(sale_every);
}

/// They leave without a goodbye, as browsers and networks do.
void SoakLoad::visit(unsigned turn) {
    ++visits_;
    const auto stay = 50ms * (1 + turn % 13);
    const auto until = std::chrono::steady_clock::now() + stay;
    const auto left = [&] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    };
    const auto head = world_.head();
    const auto behind = "since=" + std::to_string(head > 20 ? head - 20 : head);
    switch (turn % 6) {
        case 0: {
            auto stream = world_.websocket("?" + behind);
            while (left() > 0ms && stream.next(left())) {
            }
            return;
        }
        case 1: {
            auto stream = world_.websocket();
            stream.send(R"({"type":"subscribe","codes":[")" + codes_.front() + R"("]})");
            while (left() > 0ms && stream.next(left())) {
            }
            return;
        }
        case 2: {
            EventStream stream{world_.port(),
                               "/api/events?" + behind,
                               {.fields = {{"Authorization", "Bearer " + World::viewer_token()}}}};
            while (left() > 0ms && stream.next(left())) {
            }
            return;
        }
        case 3: expect("waiting", world_.get("/api/changes?wait=1s&since=" + std::to_string(head)).status, 200); return;
        case 4:  // half a request, and away
            (void)raw_exchange(world_.port(), "POST " + world_.webhook_path() + " HTTP/1.1\r\nHost: x\r\nContent-Le",
                               stay);
            return;
        default: {  // never reads what it is sent
            auto stream = world_.websocket("?since=" + std::to_string(head > 500 ? head - 500 : head));
            std::this_thread::sleep_for(stay);
            return;
        }
    }
}

void SoakLoad::read(unsigned turn) {
    static const char* const targets[] = {"/api/products?limit=100",
                                          "/api/products?search=camisa&limit=10",
                                          "/api/webhooks/logs?limit=50",
                                          "/api/sync/logs",
                                          "/api/drift",
                                          "/api/stats",
                                          "/metrics",
                                          "/api/streams",
                                          "/api/audit"};
    const auto* target = targets[turn % std::size(targets)];
    expect(target, world_.get(target).status, 200);
    std::this_thread::sleep_for(read_every);
}

std::vector<SoakLoad::Milliseconds> SoakLoad::take_delays() {
    const std::lock_guard lock{mutex_};
    return std::exchange(delays_, {});
}

std::map<std::string, unsigned> SoakLoad::complaints() const {
    const std::lock_guard lock{mutex_};
    return complaints_;
}

}  // namespace stockcast::e2e
