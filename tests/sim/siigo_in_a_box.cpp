#include "sim/siigo_in_a_box.hpp"

#include <charconv>
#include <stdexcept>

namespace stockcast::sim::test {

SiigoInABox::SiigoInABox(unsigned products, std::uint64_t seed)
    : chance(seed),
      catalogue(chance),
      subscriptions(settings.company_key, variants, clock, random),
      announcer(settings, company, subscriptions, variants, faults, counts, outbox),
      trade(company, catalogue, announcer, counts),
      api(settings, company, subscriptions, variants, faults, counts, clock, random),
      commands({company, catalogue, subscriptions, announcer, variants, faults, counts, rate, clock, [] {}}) {
    open_shop(company, catalogue, products, moment());
}

HttpRequest SiigoInABox::request(const std::string& method, const std::string& target, const std::string& body) const {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.fields.add("Host", "siigo.test");
    request.fields.add("Partner-Id", "stockcastTest");
    if (!body.empty()) request.fields.add("Content-Type", "application/json");
    return request;
}

const std::string& SiigoInABox::token() {
    if (token_.empty()) {
        const auto answer = api.answer(
            request("POST", "/auth", R"({"username":"demo@stockcast.example","access_key":"demo-access-key"})"));
        token_ = text_at(json_of(answer), "access_token");
    }
    return token_;
}

void SiigoInABox::subscribe_all() {
    if (!subscriptions.create_all("Test", "https://shop.example/hook")) throw std::runtime_error("not subscribed");
}

HttpResponse SiigoInABox::send(const std::string& method, const std::string& target, const std::string& body) {
    auto sent = request(method, target, body);
    sent.fields.add("Authorization", "Bearer " + token());
    return api.answer(sent);
}

HttpResponse SiigoInABox::get(const std::string& target) {
    return send("GET", target);
}

HttpResponse SiigoInABox::command(const std::string& name, const std::string& body) {
    return commands.answer(request(body.empty() ? "GET" : "POST", "/_sim/" + name, body));
}

const Item& SiigoInABox::stocked() const {
    for (const Slot slot : company.by_creation()) {
        const Item& item = *company.find(slot);
        if (item.stock_control && item.active && item.figures.shelves.size() > 1) return item;
    }
    throw std::runtime_error("the shop is empty");
}

Json json_of(const HttpResponse& response) {
    auto parsed = parse_json(response.body);
    if (!parsed) throw std::runtime_error("not JSON: " + response.body);
    return std::move(*parsed);
}

Json at(const Json& value, std::string_view path) {
    const Json* here = &value;
    while (!path.empty() && here) {
        const auto step = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(step.size() + 1, path.size()));
        std::size_t index = 0;
        const auto [end, ec] = std::from_chars(step.data(), step.data() + step.size(), index);
        if (here->if_array() && ec == std::errc{}) {
            here = index < here->if_array()->size() ? &(*here->if_array())[index] : nullptr;
        } else {
            here = here->find(step);
        }
    }
    return here ? *here : Json{};
}

std::string text_at(const Json& value, std::string_view path) {
    const Json found = at(value, path);
    return found.if_string() ? *found.if_string() : to_text(found);
}

std::string code_of(const HttpResponse& response) {
    return text_at(json_of(response), "Errors.0.Code");
}

std::vector<std::string> codes_of(const HttpResponse& response) {
    const Json results = at(json_of(response), "results");
    std::vector<std::string> codes;
    if (!results.if_array()) throw std::runtime_error("no results: " + response.body);
    for (const auto& row : *results.if_array()) codes.push_back(text_at(row, "code"));
    return codes;
}

std::string total_of(const HttpResponse& response) {
    return text_at(json_of(response), "pagination.total_results");
}

}  // namespace stockcast::sim::test
