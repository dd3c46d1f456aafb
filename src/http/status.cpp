#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/handlers.hpp"

#include "stockcast/base/json.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace stockcast {
namespace {

/// The mean to two decimals; a figure to look at, so binary arithmetic is good enough. Nothing: there is no product to
/// count.
std::optional<std::string> average_stock(const LedgerCounters& counters) {
    if (counters.stocked_products == 0) return std::nullopt;
    const auto text = counters.stock_sum.to_string();
    double sum = 0;
    std::from_chars(text.data(), text.data() + text.size(), sum);
    std::array<char, 64> digits{};
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(),
                      sum / static_cast<double>(counters.stocked_products), std::chars_format::fixed, 2);
    const auto mean = Quantity::parse({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())});
    if (!mean) return std::nullopt;
    return mean->to_string();
}

std::int64_t count(std::uint64_t n) {
    return static_cast<std::int64_t>(n);
}

void write_products(std::string& out, const LedgerCounters& counters, const Upstream::Status& upstream, Instant now) {
    JsonObjectWriter json{out};
    json.number("total_products", count(counters.products)).number("synced_products", count(counters.synced_products));
    json.number("updated_today", counters.today == bogota_day(now) ? count(counters.updated_today) : 0);
    json.raw("avg_stock", average_stock(counters).value_or("null"));
    if (upstream.last_sync)
        json.string("last_sync_time", upstream.last_sync->to_iso_ms());
    else
        json.null("last_sync_time");
    json.close();
}

void write_webhooks(std::string& out, const LedgerCounters& counters) {
    JsonObjectWriter json{out};
    json.number("total_webhooks", count(counters.webhooks))
        .number("processed_webhooks", count(counters.webhooks_processed));
    json.number("webhooks_last_hour", count(counters.webhooks_last_hour));
    json.close();
}

void write_alerts(std::string& out, const Alerts& alerts) {
    out += '[';
    for (const auto& alert : alerts.active()) {
        if (out.back() != '[') out += ',';
        out += alert_event(alert);
    }
    out += ']';
}

/// How far the pass is that runs now.
void write_progress(std::string& out, const Upstream::Status& upstream) {
    JsonObjectWriter json{out};
    json.number("seen", count(upstream.sync_seen));
    if (upstream.sync_total)
        json.number("total", count(*upstream.sync_total));
    else
        json.null("total");
    json.close();
}

void write_siigo(std::string& out, const Upstream::Status& upstream) {
    JsonObjectWriter json{out};
    json.boolean("enabled", upstream.enabled)
        .string("state", upstream.siigo_state)
        .string("detail", upstream.siigo_detail);
    json.close();
}

}  // namespace

asio::awaitable<HttpResponse> show_stats(Services& services, Call) {
    const auto& ledger = services.ledger.status();
    const auto upstream = services.upstream.status();
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_products(json.open("products"), ledger.counters, upstream, services.clock.wall());
    write_webhooks(json.open("webhooks"), ledger.counters);
    json.boolean("webhooksConfigured", upstream.webhooks_configured).boolean("syncRunning", upstream.sync_running);
    if (upstream.sync_running) write_progress(json.open("syncProgress"), upstream);
    write_siigo(json.open("siigo"), upstream);
    write_alerts(json.open("alerts"), services.alerts);
    json.string("company", services.settings.company).number("seq", count(ledger.head)).string("epoch", ledger.epoch);
    json.string("head_hash", ledger.head_hash.to_hex());
    json.number("clients", count(services.broadcaster.sessions())).string("version", services.settings.version);
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<HttpResponse> start_sync(Services& services, Call call) {
    Arguments arguments{call.query};
    const bool full = arguments.boolean("full").value_or(false);
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    switch (services.upstream.start_sync(full)) {
        case Upstream::SyncStarted::already_running: co_return problem(409, "A sync is running already");
        case Upstream::SyncStarted::disabled:
            co_return problem(409, "SIIGO_ENABLED is false here: there is nothing to sync with");
        case Upstream::SyncStarted::accepted: break;
    }
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).boolean("full", full);
    json.close();
    co_return json_answer(202, std::move(body));
}

asio::awaitable<HttpResponse> show_alive(Services&, Call) {
    co_return json_answer(200, R"({"success":true,"alive":true})");
}

asio::awaitable<HttpResponse> show_ready(Services& services, Call) {
    std::vector<siigo::Complaint> reasons;
    if (const auto& store = services.ledger.status().store; !store.writable)
        reasons.push_back({"store", store.reason.empty() ? "The store can't be written" : store.reason});
    const auto upstream = services.upstream.status();
    if (upstream.enabled && !upstream.first_sync)
        reasons.push_back({"first_sync", "No first sync with SIIGO was completed yet"});
    if (reasons.empty()) co_return json_answer(200, R"({"success":true,"ready":true})");

    std::string more = R"("ready":false,"reasons":[)";
    for (const auto& [check, reason] : reasons) {
        if (more.back() != '[') more += ',';
        JsonObjectWriter json{more};
        json.string("check", check).string("reason", reason);
        json.close();
    }
    more += ']';
    co_return problem(503, {.detail = reasons.front().reason, .more = more});
}

}  // namespace stockcast
