#include "simulation/oracle.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

constexpr auto share_window = std::chrono::hours{24 * 7};
const CompanyName company_name = "main";

std::size_t hash(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}

/// SIIGO may count an answer that never came as one that failed; nobody knows.
bool is_failure(const Answered& answer) {
    return answer.status == 0 || answer.status >= 400;
}

std::string figure(const std::optional<Quantity>& quantity) {
    return quantity ? quantity->to_string() : "none";
}

}  // namespace

Oracle::Oracle(Scheduler& scheduler, Machine& machine, Limits limits)
    : scheduler_(scheduler), machine_(machine), store_(machine.disk().contents()), limits_(limits) {}

void Oracle::fail(std::string what) {
    if (violation_) return;
    scheduler_.note("oracle", "VIOLATION: " + what);
    violation_ = std::move(what);
    scheduler_.stop();
}

void Oracle::committed(const Batch& batch) {
    for (const auto& [family, key, value] : batch.writes()) {
        if (!value) continue;
        if (family == Family::changes) record(keys::seq_of(key).value(), *value);
        if (family == Family::webhook_logs) log(key, *value);
        if (family == Family::meta && key == keys::floors) let_go(*value);
    }
}

void Oracle::record(Seq seq, const std::string& value) {
    if (seq != head() + 1)
        return fail("after change " + std::to_string(head()) + " another one than the next was written");
    const auto stored = records::decode_change(value).value();
    Recorded change{.text = hash(stored.event),
                    .type = std::string{to_string(stored.change.type)},
                    .code = stored.change.product.code,
                    .warehouses = {}};
    for (const auto& warehouse : stored.change.warehouses) change.warehouses.push_back(warehouse.id);
    if (change.type == "product_created")
        for (const auto& warehouse : stored.change.product.warehouses) change.warehouses.push_back(warehouse.id);
    recorded_.push_back(std::move(change));
}

void Oracle::log(const std::string& key, const std::string& value) {
    const auto entry = records::decode_webhook_log(value).value();
    const auto [place, is_new] = logged_.try_emplace(key, hash(entry.payload));
    if (is_new) ++times_logged_[place->second];
    // One that waited while the floors were raised may lie below them.
    const bool was_raised_meanwhile = floors_raised_ >= 0s && scheduler_.elapsed() - floors_raised_ < 10s;
    if (store_.floors().hide(Family::webhook_logs, key) && !was_raised_meanwhile)
        fail("log entry " + entry.id.to_string() + " lies below the floor of the logs as it is written");
}

void Oracle::let_go(const std::string& value) {
    const auto floors = decode_floors(value).value();
    const auto now = machine_.furthest_wall();
    floors_raised_ = scheduler_.elapsed();
    if (!floors.logs.is_none() && floors.logs.time() > now - limits_.logs_kept_for)
        fail("the logs are let go up to " + floors.logs.time().to_iso_ms() + " at " + now.to_iso_ms());
    if (floors.changes_until && *floors.changes_until > now - limits_.changes_kept_for)
        fail("changes are let go up to " + floors.changes_until->to_iso_ms() + " at " + now.to_iso_ms());
}

void Oracle::started() {
    const auto state = store_.get(Family::meta, std::string{keys::ledger_state}).value();
    const Seq kept = state ? decode_ledger_state(*state).value().head : 0;
    if (kept < head())
        fail("change " + std::to_string(head()) + " was recorded, and the store's last is " + std::to_string(kept));
    while (head() < kept && !violation_) {
        const auto change = store_.get(Family::changes, keys::change(head() + 1)).value();
        if (!change) return fail("change " + std::to_string(head() + 1) + " is missing");
        record(head() + 1, *change);
    }
    look_into_store();
}

void Oracle::acknowledged(const std::string& body) {
    const auto its = hash(body);
    if (++acknowledged_[its] > times_logged_[its])
        fail("acknowledged " + std::to_string(acknowledged_[its]) + " times, logged " +
             std::to_string(times_logged_[its]) + " times: " + body);
}

void Oracle::told(const Listener& listener, Seq before, Seq seq, const std::string& text) {
    const auto said = listener.name() + " was told change " + std::to_string(seq);
    if (seq <= before || seq > head()) return fail(said + " after " + std::to_string(before));
    if (!missed_nothing(listener, before, seq - 1)) return;
    const auto& change = recorded_[seq - 1];
    if (change.text != hash(text)) fail(said + " in other words than those that are kept");
    if (!listener.narrowing().lets_through(change.type, change.code, change.warehouses))
        fail(said + ", which it had not asked for");
}

void Oracle::levelled(const Listener& listener, Seq before, Seq seq) {
    if (seq < before || seq > head())
        return fail(listener.name() + " is said to have all up to " + std::to_string(seq) + " and has " +
                    std::to_string(before));
    missed_nothing(listener, before, seq);
}

bool Oracle::missed_nothing(const Listener& listener, Seq before, Seq seq) {
    for (auto missed = before + 1; missed <= seq; ++missed) {
        const auto& change = recorded_[missed - 1];
        if (!listener.narrowing().lets_through(change.type, change.code, change.warehouses)) continue;
        fail(listener.name() + " was not told change " + std::to_string(missed) + " on the way from " +
             std::to_string(before) + " to " + std::to_string(seq));
        return false;
    }
    return true;
}

void Oracle::sent_back(const Listener& listener, Seq before) {
    if (before + 1 >= store_.floors().changes)
        fail(listener.name() + " was sent back by a reset from " + std::to_string(before) +
             ", though all that follows is kept");
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
    failures_ += is_failure(answer) ? 1 : 0;
    while (answers_.front().at < scheduler_.elapsed() - share_window) {
        failures_ -= is_failure(answers_.front()) ? 1 : 0;
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

    const auto floors = store_.floors();
    std::erase_if(logged_, [&](const auto& entry) { return floors.hide(Family::webhook_logs, entry.first); });
    for (const auto& [key, body] : logged_) {
        const auto value = store_.get(Family::webhook_logs, key).value();
        if (!value) return fail("a notification that was logged is gone");
        const auto entry = records::decode_webhook_log(*value);
        if (!entry || hash(entry->payload) != body) return fail("a notification's log entry is no longer what it was");
    }
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
