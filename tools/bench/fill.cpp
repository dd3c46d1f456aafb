#include "bench/bench.hpp"
#include "bench/notification.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/siigo/translate.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace stockcast::bench {
namespace {

constexpr std::uint64_t changes_together = 1024;

/// What the ledger's thread would write for the notifications of a long time, without waiting that long: batch by batch
/// through step(), so that every invariant holds.
class Past {
public:
    Past(const FillSettings& settings, Store& store)
        : settings_(settings),
          store_(store),
          notifications_(
              {.host_field = "x", .target = "/x", .company_key = "demo", .products = settings.products, .seed = 1}),
          busy_({.host_field = "x", .target = "/x", .company_key = "demo", .products = 1, .seed = 2}),
          total_(settings.changes + settings.busy),
          now_(SystemClock{}.wall() - std::chrono::hours{24 * settings.days}),
          step_(std::chrono::duration_cast<Instant::Ticks>(std::chrono::hours{24 * settings.days}) /
                static_cast<std::int64_t>(total_)) {}

    void write() {
        for (std::uint64_t n = 0; n < total_;) {
            std::vector<Submission> batch;
            for (const auto end = std::min(n + changes_together, total_); n < end; ++n) batch.push_back(next(n));
            commit(batch);
        }
    }
    Seq head() const { return state_.head; }

private:
    /// The busy product's changes are spread evenly among the others.
    std::string_view request_of(std::uint64_t n) {
        const auto busy_before = n * settings_.busy / total_;
        const bool is_busy = (n + 1) * settings_.busy / total_ > busy_before;
        return is_busy ? busy_.request(busy_before) : notifications_.request(n - busy_before);
    }

    Submission next(std::uint64_t n) {
        const auto request = request_of(n);
        const auto body = request.substr(request.find("\r\n\r\n") + 4);
        auto read = siigo::read_notification(parse_json(body).value());
        now_ = now_ + step_;
        last_id_ = LogId::make(now_, random_, last_id_);

        Submission submission;
        auto& log = submission.webhook.emplace();
        log.id = last_id_;
        log.company = settings_.company;
        log.received_at = now_;
        log.topic = read.topic;
        log.company_key = read.company_key;
        log.product = read.product;
        log.product_code = read.code;
        log.payload = body;
        auto said = std::move(read.notification.value().said);
        said.company = settings_.company;
        said.cause = last_id_;
        said.seen = ++ticks_;
        said.seen_at = now_;
        said.stock_updated = now_;
        submission.observations.push_back(std::move(said));
        return submission;
    }

    void commit(const std::vector<Submission>& batch) {
        for (const auto& submission : batch) {
            const auto& said = submission.observations.front();
            held_.try_emplace({said.company, said.product});
        }
        auto made = step(held_, batch, state_, now_, {});
        if (const auto written = store_.commit(made.batch); !written)
            throw std::runtime_error("the store refused a batch: " + written.error().message());
        state_ = made.state;
    }

    const FillSettings& settings_;
    Store& store_;
    Notifications notifications_, busy_;
    const std::uint64_t total_;
    SystemRandom random_;
    Held held_;  // all of them: the catalogue is small enough
    LedgerState state_;
    Instant now_;
    const Instant::Ticks step_;
    LogId last_id_;
    SeenTick ticks_ = 0;
};

}  // namespace

bool fill(const FillSettings& settings) {
    if (std::filesystem::exists(settings.directory + "/rocksdb"))
        throw std::runtime_error(settings.directory + " has a store already");
    SystemRandom random;
    const SystemClock clock;
    const auto began = clock.now();
    const auto store = open_rocks_store({.directory = settings.directory}, random);
    Past past{settings, *store};
    past.write();
    const auto seconds = std::chrono::duration<double>(clock.now() - began).count();
    std::printf("%llu changes of %u products over %u days in %.1f s\n", static_cast<unsigned long long>(past.head()),
                settings.products, settings.days, seconds);
    return true;
}

}  // namespace stockcast::bench
