#include "sim/commands.hpp"

#include "sim/answers.hpp"

#include "stockcast/sim/options.hpp"

#include <cstdlib>
#include <initializer_list>

namespace stockcast::sim {
namespace {

HttpResponse refuse(unsigned status, std::string_view reason) {
    std::string body;
    JsonObjectWriter writer{body};
    writer.string("error", reason);
    writer.close();
    return json_answer(status, std::move(body));
}

/// The JSON scalar as `assign` takes it.
std::string scalar_text(const Json& value) {
    if (const auto* flag = value.if_bool()) return *flag ? "true" : "false";
    if (const auto* number = value.if_number()) return number->text;
    if (const auto* text = value.if_string()) return *text;
    return to_text(value);
}

/// All of the body's members, or none.
template <class T>
boost::system::result<std::string, Refusal> patch(T& options, const Json& body) {
    T changed = options;
    for (const auto& [name, value] : *body.if_object()) {
        if (auto wrong = assign(changed, name, scalar_text(value))) return Refusal{400, *wrong};
    }
    options = changed;
    return to_json(options);
}

bool read_rate(const Json& body, const char* name, double max, double& to) {
    const Json* member = body.find(name);
    if (!member) return true;
    const JsonNumber* number = member->if_number();
    if (!number) return false;
    const double value = std::strtod(number->text.c_str(), nullptr);
    if (!(value >= 0 && value <= max)) return false;
    to = value;
    return true;
}

}  // namespace

HttpResponse Commands::answer(const HttpRequest& request) {
    const auto target = Target::parse(request.target);
    if (!target || target->path.size() != 2) return refuse(404, "no such command: see siigo-sim --help");
    const std::string& command = target->path[1];
    if (request.method == "GET") return ask(command);
    if (request.method != "POST" && request.method != "PATCH") return refuse(405, "use GET or POST");

    auto body = parse_json(request.body.empty() ? "{}" : request.body);
    if (!body || !body->if_object()) return refuse(400, "the body is no JSON object");
    auto outcome = tell(command, std::move(*body));
    return outcome ? json_answer(200, std::move(*outcome)) : refuse(outcome.error().status, outcome.error().why);
}

HttpResponse Commands::ask(const std::string& command) const {
    if (command == "variants") return json_answer(200, to_json(stage_.variants));
    if (command == "faults") return json_answer(200, to_json(stage_.faults));
    if (command == "counts") return json_answer(200, counts());
    if (command == "products") return json_answer(200, products());
    if (command == "trade") return json_answer(200, trade());
    return refuse(404, "nothing to read by that name: see siigo-sim --help");
}

Commands::Outcome Commands::tell(const std::string& command, Json body) {
    if (command == "variants") return patch(stage_.variants, body);
    if (command == "faults") return patch(stage_.faults, body);
    if (command == "trade") return set_trade(body);
    if (command == "subscribe") return subscribe(body);
    if (command == "sell") return sell(body);
    if (command == "product") return product(body);
    if (command == "notify") return notify(std::move(body));
    return Refusal{404, "no such command: see siigo-sim --help"};
}

std::string Commands::counts() const {
    const SimulatorCounts& c = stage_.counts;
    std::string text;
    JsonObjectWriter writer{text};
    JsonObjectWriter requests{writer.open("requests")};
    for (const auto& [name, count] : c.requests) requests.number(name, static_cast<std::int64_t>(count));
    requests.close();
    const std::pair<std::string_view, std::uint64_t> figures[] = {
        {"notifications_sent", c.notifications_sent},
        {"notifications_answered_2xx", c.notifications_answered_2xx},
        {"notifications_failed", c.notifications_failed},
        {"notifications_dropped", c.notifications_dropped},
        {"notifications_waiting", c.notifications_waiting},
        {"quota_refusals", c.quota_refusals},
        {"failed_requests", c.failed_requests},
        {"changes", c.changes},
        {"unannounced_changes", c.unannounced_changes},
        {"products", stage_.company.size()}};
    for (const auto& [name, count] : figures) writer.number(name, static_cast<std::int64_t>(count));
    writer.close();
    return text;
}

std::string Commands::products() const {
    std::string text = "[";
    for (const Slot slot : stage_.company.by_creation()) {
        if (text.size() > 1) text += ',';
        text += show(slot);
    }
    text += ']';
    return text;
}

std::string Commands::trade() const {
    std::string text;
    JsonObjectWriter writer{text};
    writer.raw("sales_per_minute", std::to_string(stage_.rate.sales_per_minute));
    writer.raw("unannounced_share", std::to_string(stage_.rate.unannounced_share));
    writer.close();
    return text;
}

Commands::Outcome Commands::set_trade(const Json& body) {
    TradeRate wanted = stage_.rate;
    if (!read_rate(body, "sales_per_minute", 1e6, wanted.sales_per_minute))
        return Refusal{400, "sales_per_minute: 0 to 1000000"};
    if (!read_rate(body, "unannounced_share", 1, wanted.unannounced_share))
        return Refusal{400, "unannounced_share: 0 to 1"};
    stage_.rate = wanted;
    stage_.rate_changed();
    return trade();
}

Commands::Outcome Commands::subscribe(const Json& body) {
    const Json* url = body.find("url");
    if (!url || !url->if_string()) return Refusal{400, "url is required"};
    const auto made = stage_.subscriptions.create_all("SiigoSim", *url->if_string());
    if (!made) return Refusal{400, made.error().message};
    std::string all = "[";
    for (const auto& subscription : stage_.subscriptions.all()) {
        if (all.size() > 1) all += ',';
        write_subscription(all, subscription);
    }
    all += ']';
    return all;
}

}  // namespace stockcast::sim
