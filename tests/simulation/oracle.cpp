#include "simulation/oracle.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <set>

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

constexpr auto share_window = std::chrono::hours{24 * 7};
const CompanyName company_name = "main";

std::string figure(const std::optional<Quantity>& quantity) {
    return quantity ? quantity->to_string() : "none";
}

}  // namespace

Oracle::Oracle(Scheduler& scheduler, const test::MemoryStore& store, Limits limits)
    : scheduler_(scheduler), store_(store), limits_(limits) {}

void Oracle::fail(std::string what) {
    if (violation_) return;
    scheduler_.note("oracle", "VIOLATION: " + what);
    violation_ = std::move(what);
    scheduler_.stop();
}

void Oracle::committed(const Batch& batch) {
    for (const auto& [family, key, value] : batch.writes()) {
        if (family != Family::changes || !value) continue;
        const auto seq = keys::seq_of(key);
        if (!seq || *seq != head_ + 1)
            return fail("after change " + std::to_string(head_) + " another one than the next was written");
        head_ = *seq;
    }
}

void Oracle::started() {
    const auto changes = store_.entries(Family::changes);
    head_ = changes.empty() ? 0 : keys::seq_of(changes.rbegin()->first).value();
    look_into_store();
}

void Oracle::acknowledged(const std::string& body) {
    ++acknowledged_[body];
}

void Oracle::told(const Listener& listener, std::optional<Seq> before, Seq seq, const std::string& text) {
    if (before && seq != *before + 1)
        return fail(listener.name() + " was told change " + std::to_string(seq) + " after " + std::to_string(*before));
    const auto kept = store_.get(Family::changes, keys::change(seq));
    if (!kept || !*kept)
        return fail(listener.name() + " was told change " + std::to_string(seq) + ", which is not kept");
    const auto event = records::decode_event(**kept);
    if (!event || *event != text)
        fail(listener.name() + " was told change " + std::to_string(seq) + " in other words than those that are kept");
}

void Oracle::requested() {
    sends_.push_back(scheduler_.elapsed());
    while (sends_.front() <= scheduler_.elapsed() - 60s) sends_.pop_front();
    // One may be on its way for long and arrive in a later minute than it was sent in.
    if (sends_.size() > limits_.requests_per_minute + 1)
        fail(std::to_string(sends_.size()) + " requests within a minute, where " +
             std::to_string(limits_.requests_per_minute) + " are the quota");
}

void Oracle::answered(const Answered& answer) {
    answers_.push_back(answer);
    failures_ += answer.status >= 400 ? 1 : 0;
    while (answers_.front().at < scheduler_.elapsed() - share_window) {
        failures_ -= answers_.front().status >= 400 ? 1 : 0;
        answers_.pop_front();
    }
    if (answers_.size() < limits_.failure_share_from) return;
    const auto share = static_cast<double>(failures_) / static_cast<double>(answers_.size());
    worst_failure_share_ = std::max(worst_failure_share_, share);
    if (share > limits_.failure_share)
        fail(std::to_string(failures_) + " of " + std::to_string(answers_.size()) + " answers of 7 days are failures");
}

void Oracle::look_into_store() {
    const auto findings = check_invariants(store_, 5);
    if (!findings.empty()) return fail("the store: " + findings.front());

    std::map<std::string, std::size_t> logged;
    for (const auto& [key, value] : store_.entries(Family::webhook_logs)) {
        const auto entry = records::decode_webhook_log(value);
        if (!entry) return fail("a log entry can't be read");
        ++logged[entry->payload];
    }
    for (const auto& [body, times] : acknowledged_)
        if (logged[body] < times)
            return fail("acknowledged " + std::to_string(times) + " times, logged " + std::to_string(logged[body]) +
                        " times: " + body);
}

std::string Oracle::difference(const sim::Company& company) const {
    std::set<ProductId> known;
    for (const auto slot : company.by_creation()) {
        const auto& item = *company.find(slot);
        known.insert(item.id);
        const auto kept = store_.get(Family::products, keys::product(company_name, item.id));
        if (!kept || !*kept) return item.code + " is missing";
        const auto held = records::decode_product(**kept);
        if (!held || held->deleted) return item.code + " is held as deleted";
        if (held->code != item.code) return item.code + " is held as " + held->code;
        if (held->name != item.name) return item.code + " is held with another name: " + held->name;
        if (held->active != item.active) return item.code + " is held with another `active`";
        const bool has_figure = item.stock_control && item.type != sim::ItemType::combo;
        if (has_figure && held->available != item.figures.available)
            return item.code + " is held with " + figure(held->available) + " where SIIGO has " +
                   item.figures.available.to_string();
    }
    for (const auto& [key, value] : store_.entries(Family::products)) {
        const auto held = records::decode_product(value);
        if (held && !held->deleted && !known.contains(held->id)) return held->code + " is held, but gone at SIIGO";
    }
    return {};
}

}  // namespace stockcast::simulation
