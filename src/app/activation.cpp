#include "app/activation.hpp"

#include "app/public_address.hpp"

#include "stockcast/app/usage.hpp"

namespace stockcast {
namespace {

using namespace std::chrono_literals;

constexpr auto local_patience = 10s;
/// SIIGO may take two minutes for one of the calls that this causes.
constexpr auto subscribe_patience = 5min;
constexpr auto arrival_patience = 10s;
constexpr auto look_every = 250ms;

const Json::Array& rows_of(const Json& answer, std::string_view name) {
    static const Json::Array none;
    const auto* member = answer.find(name);
    return member && member->if_array() ? *member->if_array() : none;
}

/// A notification that says no figure moves nothing: its product is read from SIIGO. The mark stands in a member that
/// is the envelope's, since an unknown one would be kept as a property of the product.
std::string harmless_notification(const Json& product, const std::string& mark) {
    std::string body;
    JsonObjectWriter json{body};
    json.string("topic", "public.siigoapi.products.stock.update").string("id", text_at(product, {"id"}));
    json.string("code", text_at(product, {"code"})).string("username", mark).close();
    return body;
}

}  // namespace

asio::awaitable<int> Activation::run() {
    const bool synced = co_await sync();
    if (!synced) co_return 1;
    const bool subscribed = co_await subscribe();
    if (!subscribed) co_return 1;
    const bool reached = co_await test_public_address();
    co_await tell_state();
    co_return reached ? 0 : 1;
}

asio::awaitable<bool> Activation::subscribe() {
    const auto& url = parts_.settings.webhook_base_url;
    if (!url.starts_with("https://"))
        co_return tell(
            Remark::warning((url.empty() ? "WEBHOOK_BASE_URL is not set" : "WEBHOOK_BASE_URL is not https") +
                                std::string{": no subscription is made, changes come with the poll alone"},
                            (url.empty() ? "Falta WEBHOOK_BASE_URL" : "WEBHOOK_BASE_URL no es https") +
                                std::string{": no se crea ninguna suscripción, los cambios llegan solo por consulta"}));

    const auto answer = co_await ask("POST", "/api/webhooks/setup", subscribe_patience);
    const auto body = answer ? json_of(*answer) : Json{};
    if (!answer || answer->status != 200) {
        const auto why = answer ? text_at(body, {"detail"}) : answer.error().detail;
        co_return tell(Remark::bad("The subscriptions could not be made: " + why + ". Run setup again",
                                   "No se pudieron crear las suscripciones: " + why + ". Ejecute setup de nuevo"));
    }
    const auto count = std::to_string(rows_of(body, "subscriptions").size());
    co_return tell(Remark::good("SIIGO sends its webhooks to " + url + " (" + count + " topics)",
                                "SIIGO envía sus webhooks a " + url + " (" + count + " temas)"));
}

/// That it has arrived shows in our server's own log, so no other one can have answered for it.
asio::awaitable<bool> Activation::test_public_address() {
    const auto& url = parts_.settings.webhook_base_url;
    if (url.empty()) co_return true;
    PublicAddress address{url, parts_.outside, parts_.process.clock, parts_.log};
    const auto products = co_await get("/api/products?limit=1");
    if (rows_of(products, "products").empty()) {
        const auto found = co_await address.look(/*server_runs=*/true);
        co_return tell(found);
    }
    const auto& product = rows_of(products, "products").front();
    const auto mark = parts_.process.random.token(12);
    const auto began = parts_.process.clock.now();
    const auto sent = co_await address.notify(secret_, harmless_notification(product, mark));
    if (sent.kind == Remark::Kind::bad) co_return tell(sent);

    const bool arrived = co_await has_arrived(text_at(product, {"id"}), mark);
    const auto took = std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(parts_.process.clock.now() - began).count());
    if (arrived)
        co_return tell(Remark::good("Self-test: a webhook sent to " + url + " arrived here, " + took + " ms",
                                    "Autoprueba: un webhook enviado a " + url + " llegó aquí, " + took + " ms"));
    co_return tell(Remark::bad(
        "Self-test: a webhook sent to " + url + " was taken, but not by this server: another one answers there",
        "Autoprueba: un webhook enviado a " + url + " fue recibido, pero no por este servidor: allí responde otro"));
}

asio::awaitable<bool> Activation::has_arrived(std::string product, std::string mark) {
    const auto give_up = parts_.process.clock.now() + arrival_patience;
    while (parts_.process.clock.now() < give_up) {
        const auto logs = co_await ask("GET", "/api/webhooks/logs?limit=20&product=" + product, local_patience);
        if (logs && logs->body.find(mark) != std::string::npos) co_return true;
        if (const auto slept = co_await parts_.process.clock.sleep_for(look_every); !slept) break;
    }
    co_return false;
}

asio::awaitable<void> Activation::tell_state() {
    const auto stats = co_await get("/api/stats");
    const auto line = text_at(stats, {"products", "total_products"}) +
                      in_language({" products", " productos"}, parts_.language) + ", seq " + text_at(stats, {"seq"}) +
                      ", SIIGO " + text_at(stats, {"siigo", "state"});
    tell(Remark::good("Set up: " + line, "Activado: " + line));
}

asio::awaitable<LocalServer::Answer> Activation::ask(std::string method, std::string target,
                                                     std::chrono::milliseconds limit) {
    co_return co_await parts_.server.ask(std::move(method), std::move(target), token_, limit);
}

asio::awaitable<Json> Activation::get(std::string target) {
    const auto answer = co_await ask("GET", std::move(target), local_patience);
    if (!answer || answer->status != 200) co_return Json{};
    co_return json_of(*answer);
}

bool Activation::tell(const Remark& finding) {
    bar_.clear();
    print(finding, parts_.language);
    return finding.kind != Remark::Kind::bad;
}

}  // namespace stockcast
