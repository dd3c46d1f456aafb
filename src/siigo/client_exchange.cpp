#include "siigo/client_impl.hpp"
#include "siigo/requests.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <stdexcept>

namespace stockcast::siigo {
namespace {

using std::chrono::milliseconds;

/// How long a call waits to be let out (a minute's quota, a named wait, the breaker) before it gives up as
/// `siigo_throttled`.
constexpr std::chrono::seconds patience{75};
constexpr std::chrono::seconds idle_max{30};
/// A page of 100 products is some 150 kB.
constexpr JsonLimits answer_limits{
    .depth = 32, .bytes = std::size_t{16} << 20U, .number_characters = 64, .exponent = 400};

HttpUrl parse_base(const std::string& base_url) {
    auto url = HttpUrl::parse(base_url);
    if (!url) throw std::invalid_argument("SIIGO_BASE_URL is no http(s) URL");
    return *url;
}

Errc errc_of(Ending ending) {
    switch (ending) {
        case Ending::throttled: return Errc::siigo_throttled;
        case Ending::refused: return Errc::siigo_unauthorized;
        case Ending::not_found: return Errc::siigo_not_found;
        case Ending::rejected: return Errc::siigo_rejected;
        case Ending::good:
        case Ending::not_sent:
        case Ending::lost:
        case Ending::broken: break;
    }
    return Errc::siigo_unavailable;
}

/// A full disk or a full queue passes and a failed store does not: which of them it was must reach the caller.
Errc store_error(const error_code& error) {
    for (const auto known : {Errc::store_full, Errc::ledger_full, Errc::stopping}) {
        if (error == known) return known;
    }
    return Errc::store_failed;
}

/// Everything below asks for itself whether it is cancelled, so that `||` round it never meets an exception; the
/// caller's own setting is put back.
template <class T>
asio::awaitable<T> without_throwing(asio::awaitable<T> work) {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    auto result = co_await std::move(work);
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return result;
}

/// A wait begun after the cancellation would not hear it any more: ask before each one.
asio::awaitable<bool> is_stopping() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

class Client::Impl::Turn {
public:
    Turn(Impl& impl, Purpose purpose) : impl_(impl), ticket_(impl.turns_.enter(purpose)) {}
    ~Turn() {
        if (!ticket_) return;
        impl_.turns_.leave(*ticket_);
        impl_.turn_ended_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    bool has_place() const { return ticket_.has_value(); }
    bool has_come() const { return impl_.turns_.is_turn(*ticket_); }

private:
    Impl& impl_;
    std::optional<TurnQueue::Ticket> ticket_;
};

Client::Impl::Impl(ClientSettings client_settings, std::string_view journalled, ClientJournal& client_journal,
                   Connector& connector, asio::any_io_executor executor, Clock& client_clock, Random& client_random,
                   Log& client_log)
    : settings(std::move(client_settings)),
      path(parse_base(settings.base_url).path),
      journal(client_journal),
      clock(client_clock),
      random(client_random),
      log(client_log),
      http(connector, parse_base(settings.base_url).endpoint, parse_base(settings.base_url).host_field(),
           {.repeat_on_dead_connection = false}, clock),
      gate({.per_minute = settings.requests_per_minute, .spacing = settings.spacing}, CallerMarks::of(settings)),
      turn_ended_(std::move(executor)) {
    if (gate.restore(journalled, moment()) == CallGate::Restored::damaged) {
        log.warning(Mark::none,
                    {"What the store kept of the last calls to SIIGO can't be read: the quota of this minute "
                     "counts as used up, the failures of the last 7 days as none.",
                     "No se puede leer lo que el almacén guardó de las últimas llamadas a SIIGO: la cuota de este "
                     "minuto se da por agotada y los fallos de los últimos 7 días por ninguno."});
    }
    tell_state();
}

asio::awaitable<Result<void>> Client::Impl::perform(Call call) {
    return without_throwing(try_until_done(std::move(call)));
}

asio::awaitable<Result<void>> Client::Impl::get_token() {
    return without_throwing(get_token_now());
}

asio::awaitable<Result<void>> Client::Impl::try_until_done(Call call) {
    bool repeated = false;
    for (unsigned tries = 1;; ++tries) {
        const Try done = co_await try_once(call);
        if (done.ours) co_return *done.ours;
        if (done.ending == Ending::good) co_return Result<void>{};

        if (done.token_spent && !repeated && tries < RetryPolicy::tries_max) {
            repeated = true;
            continue;
        }
        const auto wait = done.wait ? *done.wait : RetryPolicy::pause(done.ending, tries, std::nullopt, random);
        if (!RetryPolicy::may_retry(done.ending, tries, call.repeatable) || wait > patience)
            co_return errc_of(done.ending);
        if (!gate.take_retry(moment())) co_return errc_of(done.ending);
        if (auto slept = co_await pause(wait); !slept) co_return slept;
    }
}

asio::awaitable<Result<void>> Client::Impl::get_token_now() {
    Turn turn{*this, Purpose::sync};
    if (auto come = co_await take_turn(turn); !come) co_return come;
    if (tokens.need(clock.now()) != TokenKeeper::Need::token) co_return Result<void>{};

    const Try done = co_await authenticate();
    if (done.ours) co_return *done.ours;
    if (done.ending != Ending::good) co_return errc_of(done.ending);
    co_return Result<void>{};
}

asio::awaitable<Try> Client::Impl::try_once(const Call& call) {
    Turn turn{*this, call.purpose};
    if (auto come = co_await take_turn(turn); !come) {
        co_return Try::of(turn.has_place() ? Errc::stopping : Errc::siigo_throttled);
    }
    co_return co_await try_in_turn(call);
}

asio::awaitable<Result<void>> Client::Impl::take_turn(Turn& turn) {
    if (!turn.has_place()) co_return Errc::siigo_throttled;
    while (!turn.has_come()) {
        if (co_await is_stopping()) co_return Errc::stopping;
        if (auto woken = co_await turn_ended_.wait(); !woken) co_return Errc::stopping;
    }
    co_return Result<void>{};
}

asio::awaitable<Try> Client::Impl::try_in_turn(const Call& call) {
    if (const auto need = tokens.need(clock.now()); need != TokenKeeper::Need::nothing) {
        Try auth = co_await authenticate();
        const bool failed = auth.ours || auth.ending != Ending::good;
        if (failed && (auth.ours || need == TokenKeeper::Need::token)) co_return auth;
        if (failed) tokens.early_renewal_failed(clock.now());
    }
    HttpClientRequest request = call.request;
    requests::authorize(request, tokens.token());
    co_return co_await send(std::move(request), call, /*is_auth=*/false);
}

asio::awaitable<Try> Client::Impl::authenticate() {
    std::optional<TokenAnswer> answer;
    Call call;
    call.read = [&answer](Json&& body) {
        auto token = read_token(body);
        if (token) answer = std::move(*token);
        return answer.has_value();
    };
    Try done = co_await send(requests::authenticate(settings, path), call, /*is_auth=*/true);
    if (!done.ours && done.ending == Ending::good) {
        tokens.keep(std::move(*answer), clock.now());
        log.debug(Mark::none, {"SIIGO gave a token.", "SIIGO entregó un token."});
    }
    co_return done;
}

asio::awaitable<std::optional<Errc>> Client::Impl::be_admitted() {
    const auto give_up = clock.now() + patience;
    for (;;) {
        if (co_await is_stopping()) co_return Errc::stopping;
        const auto permit = gate.next(moment());
        if (permit.at <= clock.now()) co_return std::nullopt;
        tell_state();
        if (permit.reason == CallGate::Reason::refused) co_return Errc::siigo_unauthorized;
        if (permit.at > give_up || permit.reason == CallGate::Reason::share_stopped) co_return Errc::siigo_throttled;
        if (auto slept = co_await clock.sleep_until(permit.at); !slept) co_return Errc::stopping;
    }
}

asio::awaitable<Try> Client::Impl::send(HttpClientRequest request, const Call& call, bool is_auth) {
    if (const auto why = co_await be_admitted()) co_return Try::of(*why);
    gate.reserved(moment());
    if (auto saved = co_await save(); !saved || co_await is_stopping()) {
        gate.abandoned(moment(), /*sent=*/false);
        co_return Try::of(saved ? Errc::stopping : store_error(saved.error()));
    }

    gate.leaves(clock.now());
    if (call.on_send && !is_auth) call.on_send();
    const auto deadline = clock.now() + settings.request_timeout;
    // One that was idle may be closed on the other side, and a POST on it would be lost.
    if (clock.now() - last_exchange_ > idle_max) http.close();
    const auto sent_at = clock.now();
    const auto answer = co_await http.exchange(request, deadline);
    last_exchange_ = clock.now();

    Try done;
    std::string network_detail;
    if (answer) {
        if (const auto date = http_date(answer->fields.get("Date")))
            clock_ahead = std::chrono::duration_cast<std::chrono::seconds>(clock.wall() - *date);
        done = judge(*answer, call, is_auth);
    } else {
        const HttpClientFailure& failure = answer.error();
        if (failure.reason == Errc::stopping) {
            gate.abandoned(moment(), failure.sent);
            co_return Try::of(Errc::stopping);
        }
        done.ending = failure.sent ? Ending::lost : Ending::not_sent;
        network_detail = failure.detail;
    }

    if (meters) meters->count(done.ending, last_exchange_ - sent_at);
    const bool is_refused = done.ending == Ending::refused;
    // A 403 is no matter of the token's age: another one of the same user would be refused as well.
    if (is_refused && !is_auth && done.error.status == 401) done.token_spent = tokens.refused(clock.now());
    gate.ended(moment(), done.ending, is_refused && !done.token_spent);
    hold_if_asked(done);
    const bool judged_with_token =
        done.ending == Ending::good || done.ending == Ending::not_found || done.ending == Ending::rejected;
    if (judged_with_token && !is_auth) {
        tokens.worked();
        gate.accepted();
    }
    if (done.ending != Ending::good) tell_ending(request, done, network_detail);
    tell_state();
    // A process that fails and dies over and over would else forget each last failure.
    if (done.ending != Ending::good && done.ending != Ending::not_sent) {
        if (auto saved = co_await save(); !saved) co_return Try::of(store_error(saved.error()));
    }
    co_return done;
}

Try Client::Impl::judge(const HttpResponse& response, const Call& call, bool is_auth) {
    Try done;
    bool body_read = true;
    const bool good_status = response.status >= 200 && response.status < 300;
    if (good_status && call.read) {
        auto body = parse_json(response.body, answer_limits);
        body_read = body && call.read(std::move(*body));
    }
    if (!good_status || !body_read) done.error = read_error(response.status, response.body);
    done.ending = judge_answer(response.status, done.error, body_read);
    // Whatever 4xx `/auth` answers, the credentials are what it is about.
    if (is_auth && (done.ending == Ending::rejected || done.ending == Ending::not_found)) done.ending = Ending::refused;
    done.wait = named_wait(response.fields, done.error, clock.wall());
    return done;
}

/// The quota is the whole company's, and a named wait is meant for all of us: nobody asks before, also after a restart.
void Client::Impl::hold_if_asked(Try& done) {
    if (done.ending == Ending::throttled || (done.wait && done.ending != Ending::good)) {
        done.wait = RetryPolicy::pause(done.ending, gate.throttled_in_a_row(), done.wait, random);
    }
    if (done.wait) gate.hold_until(clock.now() + *done.wait);
}

asio::awaitable<Result<void>> Client::Impl::save() {
    return journal.save(gate.save(moment()));
}

asio::awaitable<Result<void>> Client::Impl::pause(milliseconds how_long) {
    if (co_await is_stopping()) co_return Errc::stopping;
    co_return co_await clock.sleep_for(how_long);
}

}  // namespace stockcast::siigo
