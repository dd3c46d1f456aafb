#include "http/world.hpp"

#include "support/run.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <charconv>
#include <stdexcept>

namespace stockcast::test {

WorldSettings usual_settings() {
    WorldSettings settings;
    settings.api.webhook_secrets = {std::string{webhook_secret}};
    settings.api.version = "1.2.3";
    settings.api.rate_limit_api = {};
    settings.api.rate_limit_open = {};
    return settings;
}

World::World(WorldSettings settings) : jwt(*JwtKeys::hs256(std::string{jwt_secret})) {
    Batch first;
    first.put(Family::meta, std::string{keys::epoch}, records::encode_text("an-epoch"));
    if (!store.commit(first)) throw std::logic_error("the store in memory takes nothing");
    ledger = std::make_unique<Ledger>(store, settings.ledger, io.get_executor(), clock, random, log,
                                      [this] { fatal = true; });
    broadcaster =
        std::make_unique<Broadcaster>(io.get_executor(), store, workers, clock, log, ledger->status().epoch,
                                      ledger->status().head, ledger->status().head_hash, BroadcasterSettings{});
    ledger->on_commit([this](const CommitNotice& notice) { broadcaster->publish(notice); });
    api = std::make_unique<Api>(
        std::move(settings.api), jwt,
        ApiParts{*ledger, store, *broadcaster, upstream, workers, readers, clock, random, log, alerts, metrics});
}

World::~World() {
    // Sessions of the broadcaster may still wait for a time that never comes.
    run_among(io, ledger->drain());
}

HttpResponse World::ask(HttpRequest request) {
    auto verdict = api->judge(request);
    if (verdict.refusal) return *std::move(verdict.refusal);
    if (request.body.size() > std::min(verdict.body_bytes_max, HttpLimits{}.body_bytes))
        return api->refuse(413, "too large");
    return run(io, api->handle(std::move(request), std::move(verdict.admitted)));
}

HttpResponse World::ask_among_streams(HttpRequest request) {
    auto verdict = api->judge(request);
    if (verdict.refusal) return *std::move(verdict.refusal);
    return run_among(io, api->handle(std::move(request), std::move(verdict.admitted)));
}

HttpResponse World::ask_waiting(HttpRequest request) {
    auto verdict = api->judge(request);
    if (verdict.refusal) return *std::move(verdict.refusal);
    return run(io, clock, api->handle(std::move(request), std::move(verdict.admitted)));
}

Commit World::observe(Observation said) {
    said.seen = ledger->tick();
    said.seen_at = clock.wall();
    said.cause = ledger->new_log_id();
    Submission submission;
    submission.observations.push_back(std::move(said));
    auto committed = run(io, ledger->apply(std::move(submission)));
    if (!committed) throw std::runtime_error(committed.error().message());
    return *std::move(committed);
}

std::string World::token(Role role, std::string_view subject) const {
    return *jwt.sign(role, subject, clock.wall(), clock.wall() + std::chrono::hours{1});
}

RequestBuilder::RequestBuilder(std::string_view method, std::string_view target) {
    request_.method = method;
    request_.target = target;
    request_.peer = "203.0.113.7";
    request_.fields.add("Host", "shop.example");
}

RequestBuilder& RequestBuilder::with(std::string_view field, std::string_view value) {
    request_.fields.add(std::string{field}, std::string{value});
    return *this;
}

RequestBuilder& RequestBuilder::bearing(std::string_view token) {
    return with("Authorization", "Bearer " + std::string{token});
}

RequestBuilder& RequestBuilder::sending(std::string_view body, std::string_view type) {
    request_.body = body;
    with("Content-Length", std::to_string(body.size()));
    return type.empty() ? *this : with("Content-Type", type);
}

RequestBuilder& RequestBuilder::from(std::string_view peer) {
    request_.peer = peer;
    return *this;
}

RequestBuilder get(std::string_view target) {
    return {"GET", target};
}

RequestBuilder post(std::string_view target) {
    return {"POST", target};
}

RequestBuilder notify(std::string_view body) {
    return post("/api/webhooks/receive/" + std::string{webhook_secret}).sending(body);
}

std::string notification(std::string_view figure, std::string_view time) {
    std::string body;
    JsonObjectWriter json{body};
    json.string("company_key", "acme").string("topic", "public.siigoapi.products.stock.update");
    json.string("id", product_id(1).to_string()).string("code", "PROD001").string("name", "Producto Ejemplo");
    json.raw("available_quantity", figure).string("stock_updated", time);
    json.close();
    return body;
}

Json parsed(const HttpResponse& response) {
    auto value = parse_json(response.body, {.bytes = std::size_t{64} << 20});
    if (!value) throw std::runtime_error("not JSON: " + response.body.substr(0, 500));
    return *std::move(value);
}

Json member(const Json& value, std::string_view path) {
    if (path.empty()) return value;
    const auto dot = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, dot);
    const auto rest = path.substr(std::min(dot + 1, path.size()));
    if (const auto* array = value.if_array()) {
        std::size_t index = 0;
        std::from_chars(name.data(), name.data() + name.size(), index);
        return index < array->size() ? member((*array)[index], rest) : Json{};
    }
    const auto* found = value.find(name);
    return found == nullptr ? Json{} : member(*found, rest);
}

std::string text_at(const HttpResponse& response, std::string_view path) {
    const auto value = member(parsed(response), path);
    const auto* text = value.if_string();
    return text == nullptr ? to_text(value) : *text;
}

}  // namespace stockcast::test
