#include "bench/sample.hpp"

#include "stockcast/base/instant.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t product_pages_max = 1'000;
constexpr std::size_t history_pages_max = 20;
constexpr std::int64_t recent_changes = 1'000;
constexpr Instant::Ticks oldest_log = std::chrono::hours{24 * 4'000};

/// The first entry of a log's page.
struct Entry {
    std::string id;
    Instant received_at;
};
std::optional<Entry> newest_log(Client& client, const std::string& before = "") {
    const auto page = client.get_good("/api/webhooks/logs?limit=1" + before);
    const auto& logs = list_of(page, "logs");
    if (logs.empty()) return std::nullopt;
    const auto at = Instant::parse(text_of(logs.front(), "received_at"));
    if (!at) throw std::runtime_error("a log entry has no time");
    return Entry{text_of(logs.front(), "id"), *at};
}
std::optional<Entry> log_before(Client& client, Instant time) {
    return newest_log(client, "&to=" + time.to_iso_ms());
}

/// Some time before which nothing is kept, right to a hundredth of the span: by steps back that double, then by halves.
Instant begin_of_log(Client& client, Instant newest) {
    Instant::Ticks back = 1s, kept{};
    while (back < oldest_log && log_before(client, newest - back)) {
        kept = back;
        back *= 2;
    }
    const auto enough = std::max<Instant::Ticks>(back / 100, 1ms);
    while (back - kept > enough) {
        const auto middle = kept + (back - kept) / 2;
        (log_before(client, newest - middle) ? kept : back) = middle;
    }
    return newest - kept;
}

std::int64_t head_of(Client& client) {
    const auto page = client.get_good("/api/products?limit=1");
    const auto* seq = page.find("seq");
    const auto* number = seq == nullptr ? nullptr : seq->if_number();
    if (number == nullptr) throw std::runtime_error("a list of products names no seq");
    return std::strtoll(number->text.c_str(), nullptr, 10);
}

std::string busiest_product(Client& client) {
    const auto since = std::max<std::int64_t>(head_of(client) - recent_changes, 0);
    const auto page = client.get("/api/changes?limit=1000&since=" + std::to_string(since));
    std::map<std::string, int> times;  // empty when so many are no longer kept
    for (const auto& change : list_of(page.body, "changes")) ++times[text_of(change, "siigoProductId")];
    times.erase("");
    const auto most =
        std::max_element(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == times.end() ? std::string{} : most->first;
}

}  // namespace

std::vector<std::string> product_ids(Client& client) {
    std::vector<std::string> ids;
    std::string cursor;
    for (std::size_t pages = 0; pages < product_pages_max; ++pages) {
        const auto page = client.get_good("/api/products?limit=1000" + cursor);
        for (const auto& product : list_of(page, "products")) ids.push_back(text_of(product, "id"));
        const auto next = text_of(page, "next");
        if (next.empty()) break;
        cursor = "&cursor=" + next;
    }
    return ids;
}

std::vector<std::string> log_ids(Client& client, std::size_t count) {
    const auto newest = newest_log(client);
    if (!newest) return {};
    const auto span = newest->received_at - begin_of_log(client, newest->received_at);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i) {
        const auto back = span / static_cast<std::int64_t>(count) * static_cast<std::int64_t>(i);
        if (auto entry = log_before(client, newest->received_at - back)) ids.push_back(std::move(entry->id));
    }
    return ids;
}

Past past_of(Client& client, std::string product) {
    Past past{product.empty() ? busiest_product(client) : std::move(product), {}};
    if (past.product.empty()) return past;
    std::string before;
    for (std::size_t pages = 0; pages < history_pages_max; ++pages) {
        const auto page = client.get_good("/api/products/" + past.product + "/history?limit=1000" + before);
        for (const auto& change : list_of(page, "history")) past.times.push_back(text_of(change, "timestamp"));
        const auto next = text_of(page, "next");
        if (next.empty()) break;
        before = "&before=" + next;
    }
    return past;
}

}  // namespace stockcast::bench
