#include "http/answer.hpp"
#include "http/handlers.hpp"
#include "http/siigo_failure.hpp"

#include "stockcast/base/json.hpp"

#include <string>
#include <vector>

namespace stockcast {
namespace {

void write_subscriptions(std::string& out, const std::vector<Subscription>& subscriptions) {
    out += '[';
    for (const auto& subscription : subscriptions) {
        if (out.back() != '[') out += ',';
        write_subscription_json(out, subscription);
    }
    out += ']';
}

}  // namespace

asio::awaitable<HttpResponse> set_up_subscriptions(Services& services, Call) {
    const auto upstream = services.upstream.status();
    if (!upstream.enabled) co_return problem(409, "SIIGO_ENABLED is false here: nothing is subscribed");
    if (!upstream.webhooks_configured)
        co_return problem(409, "WEBHOOK_BASE_URL must be a public https address: SIIGO sends to no other");

    const auto own = co_await services.upstream.set_up_subscriptions();
    if (!own) co_return siigo_failure_answer(services, own.error());
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_subscriptions(json.open("subscriptions"), *own);
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<HttpResponse> list_subscriptions(Services& services, Call) {
    const auto own = co_await services.upstream.subscriptions();
    if (!own) co_return siigo_failure_answer(services, own.error());
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_subscriptions(json.open("subscriptions"), own->all);
    if (own->as_of)
        json.string("as_of", own->as_of->to_iso_ms());
    else
        json.null("as_of");
    json.close();
    co_return json_answer(200, std::move(body));
}

}  // namespace stockcast
