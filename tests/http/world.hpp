#pragma once

#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/recording_log.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/http/api.hpp"

#include <boost/asio/io_context.hpp>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast::test {

/// SIIGO's side, as the API sees it: says what the test tells it to, and remembers what it was asked for.
class FakeUpstream final : public Upstream {
public:
    Status state{.enabled = true, .first_sync = Instant{}, .siigo_state = "healthy"};
    bool hints_left = true;
    SyncStarted sync = SyncStarted::accepted;
    std::vector<ProductId> hinted;
    std::vector<bool> syncs;  ///< full or not

    Status status() const override { return state; }
    bool hint(const ProductId& product) override {
        hinted.push_back(product);
        return hints_left;
    }
    SyncStarted start_sync(bool full) override {
        syncs.push_back(full);
        return sync;
    }
    asio::awaitable<Result<Outcome>> refresh(ProductId product) override {
        refreshed.push_back(product);
        if (!on_refresh) co_return Errc::siigo_unavailable;
        co_return co_await on_refresh(product);
    }
    asio::awaitable<Result<std::vector<Subscription>>> set_up_subscriptions() override {
        ++set_ups;
        co_return subscribed;
    }
    asio::awaitable<Result<OwnSubscriptions>> subscriptions() override {
        if (!subscribed) co_return subscribed.error();
        co_return OwnSubscriptions{*subscribed, Instant{}};
    }

    std::vector<ProductId> refreshed;
    std::function<asio::awaitable<Result<Outcome>>(ProductId)> on_refresh;  ///< empty: SIIGO can't be asked
    Result<std::vector<Subscription>> subscribed{std::vector<Subscription>{}};
    int set_ups = 0;
};

/// Does what is asked of it at once.
class InlineWorkers final : public Workers {
public:
    void post(std::function<void()> job) override { job(); }
};

inline constexpr std::string_view webhook_secret = "a-secret-of-at-least-16-characters";
inline constexpr std::string_view jwt_secret = "a-key-of-at-least-thirty-two-bytes";

struct WorldSettings {
    ApiSettings api;
    LedgerSettings ledger;
};
WorldSettings usual_settings();

/// The whole API over a real ledger and broadcaster, a store in memory, manual time and a fake SIIGO; no sockets.
class World {
public:
    explicit World(WorldSettings settings = usual_settings());
    ~World();

    /// As HttpServer does it: judged by the header, the body within its limit, then handled.
    HttpResponse ask(HttpRequest request);
    /// The same on virtual time, for what waits. Nothing may be under way in the ledger.
    HttpResponse ask_waiting(HttpRequest request);
    /// The same while streams are open, which wait for time to pass.
    HttpResponse ask_among_streams(HttpRequest request);
    /// Puts an observation through the ledger.
    Commit observe(Observation said);
    std::string token(Role role, std::string_view subject = "somebody") const;

    asio::io_context io;
    ManualClock clock;
    SeededRandom random;
    RecordingLog log;
    Alerts alerts{clock, log};
    Metrics metrics;
    MemoryStore store;
    InlineWorkers workers;
    InlineWorkers readers;
    FakeUpstream upstream;
    JwtKeys jwt;
    bool fatal = false;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<Broadcaster> broadcaster;
    std::unique_ptr<Api> api;
};

/// A request as the server would hand it over, from 203.0.113.7, with Host and, for a body, Content-Length.
class RequestBuilder {
public:
    RequestBuilder(std::string_view method, std::string_view target);
    RequestBuilder& with(std::string_view field, std::string_view value);
    RequestBuilder& bearing(std::string_view token);
    RequestBuilder& sending(std::string_view body, std::string_view type = "application/json");
    RequestBuilder& from(std::string_view peer);
    operator HttpRequest() const { return request_; }

private:
    HttpRequest request_;
};
RequestBuilder get(std::string_view target);
RequestBuilder post(std::string_view target);
/// To the address that SIIGO was given.
RequestBuilder notify(std::string_view body);

/// A notification of product 1, `PROD001`, with that figure as of that time.
std::string notification(std::string_view figure, std::string_view time = "2025-01-20T10:30:00Z");

Json parsed(const HttpResponse& response);
/// The member at that path: `products.0.code`; null when there is none.
Json member(const Json& value, std::string_view path);
/// A scalar as text: a number's digits, a string's characters, `true`, `null`; what is none as JSON.
std::string text_at(const HttpResponse& response, std::string_view path);

}  // namespace stockcast::test
