#pragma once

#include "siigo/call_gate.hpp"
#include "siigo/retry_policy.hpp"
#include "siigo/token_keeper.hpp"
#include "siigo/turn_queue.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/net/http_client.hpp"
#include "stockcast/siigo/client.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace stockcast::siigo {

/// What a caller wants, as often as it may have to be sent.
struct Call {
    HttpClientRequest request;  ///< without the token
    Purpose purpose = Purpose::sync;
    RetryPolicy::Repeatable repeatable = RetryPolicy::Repeatable::yes;
    std::function<void()> on_send;
    /// Takes the body of a good answer; false: it is not what it should be (a gateway's, another shape). Empty: any
    /// body will do.
    std::function<bool(Json&&)> read;
};

/// How one try ended.
struct Try {
    Ending ending = Ending::not_sent;
    std::optional<Errc> ours;  ///< why it never came to an ending: stopping, the store, not admitted
    SiigoError error;          ///< of an answer that is none of the good ones
    std::optional<std::chrono::milliseconds> wait;  ///< that was named, or that a 429 calls for: meant for all callers
    bool token_spent = false;  ///< 401 on a token that had worked: worth one repetition with another

    static Try of(Errc why) {
        Try done;
        done.ours = why;
        return done;
    }
};

/// Requests by how they ended, and how long SIIGO took.
class CallMeters {
public:
    explicit CallMeters(Metrics& metrics);
    void count(Ending ending, std::chrono::nanoseconds took);

private:
    static constexpr std::size_t endings = 8;
    std::array<Counter*, endings> requests_{};
    std::array<Histogram*, endings> seconds_{};
};

/// The coroutines round the pure parts: await, obey, account. All on one executor.
struct Client::Impl {
    Impl(ClientSettings client_settings, std::string_view journalled, ClientJournal& client_journal,
         Connector& connector, asio::any_io_executor executor, Clock& client_clock, Random& client_random,
         Log& client_log);

    /// Tries until it is done or may not be tried again.
    asio::awaitable<Result<void>> perform(Call call);
    asio::awaitable<Result<void>> get_token();

    Moment moment() const { return {clock.now(), clock.wall()}; }

    ClientSettings settings;
    std::string path;  ///< of the base URL
    ClientJournal& journal;
    Clock& clock;
    Random& random;
    Log& log;
    HttpClient http;
    CallGate gate;
    TokenKeeper tokens;
    std::optional<std::chrono::seconds> clock_ahead;  ///< of the Date of the last answer
    std::optional<CallMeters> meters;

private:
    /// The connection is its holder's until it goes.
    class Turn;

    asio::awaitable<Result<void>> try_until_done(Call call);
    asio::awaitable<Result<void>> get_token_now();
    asio::awaitable<Try> try_once(const Call& call);
    asio::awaitable<Try> try_in_turn(const Call& call);
    asio::awaitable<Try> authenticate();
    asio::awaitable<Result<void>> take_turn(Turn& turn);
    /// None: go ahead. Else why not.
    asio::awaitable<std::optional<Errc>> be_admitted();
    asio::awaitable<Try> send(HttpClientRequest request, const Call& call, bool is_auth);
    Try judge(const HttpResponse& response, const Call& call, bool is_auth);
    void hold_if_asked(Try& done);
    asio::awaitable<Result<void>> save();
    asio::awaitable<Result<void>> pause(std::chrono::milliseconds how_long);
    void tell_state();
    void tell_ending(const HttpClientRequest& request, const Try& done, std::string_view network_detail);
    std::string without_secrets(std::string text) const;

    TurnQueue turns_;
    Event turn_ended_;
    Steady last_exchange_{};
    ClientStatus::State told_ = ClientStatus::State::healthy;
};

}  // namespace stockcast::siigo
