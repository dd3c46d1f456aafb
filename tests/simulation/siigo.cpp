#include "simulation/siigo.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/siigo/translate.hpp"

#include <stdexcept>

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

sim::Moment moment(Process& process) {
    return sim::now(process.clock());
}

sim::SimulatorSettings settings_of(const Siigo::Shop& shop) {
    auto settings = Siigo::credentials();
    settings.requests_per_minute = shop.requests_per_minute;
    settings.products = static_cast<unsigned>(shop.products);
    settings.token_lifetime = shop.token_lifetime;
    return settings;
}

}  // namespace

/// Looks on as requests come and answers go.
class Siigo::Watched final : public HttpHandler {
public:
    Watched(sim::Front& front, Siigo& siigo) : front_(front), siigo_(siigo) {}

    HttpVerdict judge(const HttpRequest& head) override {
        auto verdict = front_.judge(head);
        siigo_.on_request();
        if (verdict.refusal) answered(head, verdict.refusal->status);
        return verdict;
    }
    asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted> admitted) override {
        const auto head = request.method + " " + request.target;
        auto answer = co_await front_.handle(std::move(request), std::move(admitted));
        answered(head, answer.status);
        co_return answer;
    }
    asio::awaitable<void> take_over(HttpRequest request, std::unique_ptr<Admitted> admitted,
                                    TakenOver connection) override {
        answered(request, 0);
        co_await front_.take_over(std::move(request), std::move(admitted), std::move(connection));
    }
    HttpResponse refuse(unsigned status, std::string_view detail) override { return front_.refuse(status, detail); }

private:
    void answered(const HttpRequest& request, unsigned status) {
        answered(request.method + " " + request.target, status);
    }
    void answered(const std::string& request, unsigned status) {
        auto& scheduler = siigo_.process_.scheduler();
        scheduler.note("siigo", request + " " + std::to_string(status));
        siigo_.on_answer({scheduler.elapsed(), status});
    }

    sim::Front& front_;
    Siigo& siigo_;
};

Siigo::Siigo(std::uint64_t seed, Process& process, Network& network, Log& log, Shop shop, Mail& mail)
    : process_(process),
      shop_(shop),
      chance_(seed, "siigo"),
      settings_(settings_of(shop)),
      its_chance_(seed),
      catalogue_(its_chance_),
      subscriptions_(settings_.company_key, variants_, process.clock(), chance_),
      announcer_(settings_, company_, subscriptions_, variants_, faults_, counts_, mail),
      trade_(company_, catalogue_, announcer_, counts_),
      api_(settings_, company_, subscriptions_, variants_, faults_, counts_, process.clock(), chance_),
      commands_({company_, catalogue_, subscriptions_, announcer_, variants_, faults_, counts_, rate_, process.clock(),
                 [] {}}),
      front_(api_, commands_, faults_, process.clock()),
      watched_(std::make_unique<Watched>(front_, *this)),
      server_(process.executor(), {"127.0.0.1", 0}, {}, *watched_, nullptr, process.clock(), log),
      tasks_(process.executor(), process.clock(), log) {
    draw_variants();
    sim::open_shop(company_, catalogue_, shop.products, moment(process));
    network.listen(std::string{host}, process,
                   [this](std::unique_ptr<ByteStream> line) { server_.adopt(std::move(line), tasks_); });
}

Siigo::~Siigo() = default;

/// Whatever siigo-api.md leaves open is one way or the other, for a whole run.
void Siigo::draw_variants() {
    auto& v = variants_;
    for (bool* open : {&v.auth_needs_partner_id,
                       &v.retry_after,
                       &v.wait_in_body,
                       &v.fixed_window,
                       &v.lower_case_errors,
                       &v.numbers_as_strings,
                       &v.omit_stock_updated,
                       &v.omit_links,
                       &v.omit_null_members,
                       &v.bare_array_subscriptions,
                       &v.second_subscription_refused,
                       &v.put_takes_body_id,
                       &v.notification_nested,
                       &v.notification_in_data,
                       &v.notification_new_stock,
                       &v.notification_without_quantity,
                       &v.updated_filter_ignores_stock,
                       &v.page_size_clamped,
                       &v.updated_filter_includes_created,
                       &v.dates_in_bogota,
                       &v.put_takes_path_id,
                       &v.notification_both_places,
                       &v.notification_stock,
                       &v.numbers_with_point,
                       &v.stamps_without_zone,
                       &v.stamps_with_offset,
                       &v.unknown_members,
                       &v.unassigned_id_null,
                       &v.combo_without_quantity,
                       &v.block_refuses_auth})
        *open = chance_.chance(0.5);
    v.auth_status = chance_.chance(0.5) ? 200 : 201;
    v.notification_retries = static_cast<unsigned>(chance_.between(0, 3));
}

void Siigo::open_shop() {
    is_open_ = true;
    tasks_.spawn("trade", trade());
}

asio::awaitable<void> Siigo::trade() {
    while (is_open_) {
        const auto slept = co_await process_.clock().sleep_for(trade_.gap(shop_.sales_per_minute));
        if (!slept || !is_open_) co_return;
        trade_.step(moment(process_), shop_.unannounced);
    }
}

void Siigo::go_out(Outage how) {
    constexpr unsigned always = 1'000'000'000;
    switch (how) {
        case Outage::closed: faults_.outage = true; break;
        case Outage::unavailable: faults_.unavailable = always; break;
        case Outage::broken: faults_.internal_error = always; break;
        case Outage::gateway: faults_.html_gateway = always; break;
        case Outage::silent:
            faults_.unavailable = faults_.slow = always;
            faults_.slow_by = 10min;
            break;
    }
}

void Siigo::be_odd(Chance& chance) {
    const auto slots = company_.by_creation();
    if (slots.size() < 3) return;
    const auto any = [&] { return slots[static_cast<std::size_t>(chance.below(slots.size()))]; };
    const auto one = any();
    const auto other = any();
    const auto at = moment(process_);
    if (chance.chance(0.3)) {
        static_cast<void>(company_.remove(one));  // nothing tells of it
        return;
    }
    if (one == other) return;
    const auto codes = std::pair{company_.find(one)->code, company_.find(other)->code};
    const bool told = company_.recode(one, "TEMPORAL", at) && company_.recode(other, codes.first, at) &&
                      company_.recode(one, codes.second, at);
    if (!told) throw std::logic_error{"two codes could not be exchanged"};
    if (chance.chance(0.5)) announcer_.announce(*company_.find(one), siigo::topic_update);
    if (chance.chance(0.5)) announcer_.announce(*company_.find(other), siigo::topic_update);
}

void Siigo::let_another_application_ask(unsigned requests) {
    const auto ask = [this](const std::string& method, const std::string& target, const std::string& body) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        request.body = body;
        request.fields.add("Host", std::string{host});
        request.fields.add("Partner-Id", "otherApplication");
        if (!body.empty()) request.fields.add("Content-Type", "application/json");
        if (!other_token_.empty()) request.fields.add("Authorization", "Bearer " + other_token_);
        return api_.answer(request);
    };
    if (other_token_.empty()) {
        const auto answer = parse_json(
            ask("POST", "/auth",
                R"({"username":")" + settings_.username + R"(","access_key":")" + settings_.access_key + R"("})")
                .body);
        const auto* token = answer ? answer->find("access_token") : nullptr;
        if (token && token->if_string()) other_token_ = *token->if_string();
    }
    for (; requests > 0; --requests)
        if (ask("GET", "/v1/warehouses", "").status == 401) other_token_.clear();
}

std::string Siigo::forged_notification(Chance& chance) {
    const auto slots = company_.by_creation();
    auto item = slots.empty() ? catalogue_.draw() : *company_.find(slots[chance.below(slots.size())]);
    if (chance.chance(0.3)) item.id = catalogue_.draw().id;
    item.figures.available = sim::thousandths(chance.between(-5'000, 5'000'000));
    item.figures.stock_updated = process_.clock().wall() + std::chrono::hours{chance.between(-48, 48)};
    return announcer_.notification(item, siigo::topic_stock);
}

}  // namespace stockcast::simulation
