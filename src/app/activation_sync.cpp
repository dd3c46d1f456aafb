#include "app/activation.hpp"

namespace stockcast {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 250ms;
constexpr auto ask_patience = 10s;
/// A sync that gets nowhere for so long has a cause that waiting won't put right.
constexpr auto standstill_max = 5min;

Remark refused_credentials(const std::string& why) {
    return Remark::bad("SIIGO refuses the credentials" + why +
                           ". Check SIIGO_USERNAME, SIIGO_ACCESS_KEY and SIIGO_PARTNER_ID against Alianzas › Mi "
                           "credencial API; a server that runs must be restarted with them",
                       "SIIGO rechaza las credenciales" + why +
                           ". Compare SIIGO_USERNAME, SIIGO_ACCESS_KEY y SIIGO_PARTNER_ID con Alianzas › Mi "
                           "credencial API; un servidor en marcha se debe reiniciar con ellas");
}

}  // namespace

/// The first pass is the server's own doing; later one is asked for, so that the credentials are tried in any case.
asio::awaitable<bool> Activation::sync() {
    auto before = co_await look();
    if (!before.reached)
        co_return tell(Remark::bad("The server at " + parts_.server.address() +
                                       " does not take our token: it was started with another JWT_SECRET or DATA_DIR",
                                   "El servidor en " + parts_.server.address() +
                                       " no acepta nuestro token: se inició con otro JWT_SECRET o DATA_DIR"));
    if (!before.last_sync.empty()) co_await ask("POST", "/api/sync", ask_patience);  // 409: one runs already, as good
    co_return co_await follow_sync(std::move(before));
}

asio::awaitable<bool> Activation::follow_sync(Look before) {
    const auto refusal = make_error_code(Errc::siigo_unauthorized).message();
    Trouble known;
    auto last = before;
    auto moved = parts_.process.clock.now();
    for (;;) {
        const auto now = co_await look();
        if (now.reached && !now.running && now.last_sync != before.last_sync)
            co_return tell(
                Remark::good("SIIGO accepts the credentials; " + now.products + " products are mirrored",
                             "SIIGO acepta las credenciales; " + now.products + " productos están reflejados"));
        if (now.siigo_state == "refused") co_return tell(refused_credentials(""));
        if (now.running) {
            bar_.show(now.done, now.total);
        } else if (auto trouble = co_await last_trouble(); !trouble.error.empty() && trouble != known) {
            known = std::move(trouble);
            if (known.error.starts_with(refusal)) co_return tell(refused_credentials(" (" + known.error + ")"));
            tell(Remark::warning("The sync broke off and goes on by itself: " + known.error,
                                 "La sincronización se interrumpió y sigue sola: " + known.error));
        }
        if (now != last) moved = parts_.process.clock.now();
        last = now;
        if (parts_.process.clock.now() - moved > standstill_max)
            co_return tell(Remark::bad("The sync got nowhere for 5 minutes: " + known.error,
                                       "La sincronización no avanzó en 5 minutos: " + known.error));
        if (const auto slept = co_await parts_.process.clock.sleep_for(look_every); !slept) co_return false;
    }
}

asio::awaitable<Activation::Look> Activation::look() {
    const auto stats = co_await get("/api/stats");
    Look seen;
    seen.reached = !stats.is_null();
    seen.running = text_at(stats, {"syncRunning"}) == "true";
    seen.last_sync = text_at(stats, {"products", "last_sync_time"});
    seen.products = text_at(stats, {"products", "total_products"});
    seen.siigo_state = text_at(stats, {"siigo", "state"});
    seen.done = whole_at(stats, {"syncProgress", "seen"}).value_or(0);
    seen.total = whole_at(stats, {"syncProgress", "total"});
    co_return seen;
}

asio::awaitable<Activation::Trouble> Activation::last_trouble() {
    const auto logs = co_await get("/api/sync/logs?limit=1");
    const auto* rows = logs.find("logs");
    if (!rows || !rows->if_array() || rows->if_array()->empty()) co_return Trouble{};
    const auto& run = rows->if_array()->front();
    // Both in one form, so that they compare as texts.
    if (text_at(run, {"finished_at"}) < began_) co_return Trouble{};
    co_return Trouble{text_at(run, {"id"}), text_at(run, {"error"})};
}

}  // namespace stockcast
