#pragma once

#include "support/builders.hpp"
#include "support/memory_store.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace stockcast::test {

/// step() over a store in memory, driven by hand: what the ledger thread does, without it. Each submission gets a log
/// entry and a tick of its own, in the order in which they are made.
struct Bench {
    MemoryStore store;
    LedgerState state;
    Instant now = at("12:00");
    DecideRules rules;

    Submission webhook(Observation said) {
        Submission submission;
        WebhookLog log;
        log.id = next_log_id();
        log.company = said.company;
        log.source = said.source;
        log.received_at = now;
        log.product = said.product;
        log.payload = "{}";
        submission.webhook = std::move(log);
        submission.observations.push_back(seen(std::move(said), submission.webhook->id));
        return submission;
    }

    Submission sync(Observation said) {
        Submission submission;
        SyncLog log;
        log.id = next_log_id();
        log.company = said.company;
        log.started_at = now;
        submission.records.put(Family::sync_logs, keys::log(log.company, log.id), records::encode(log));
        submission.observations.push_back(seen(std::move(said), log.id));
        return submission;
    }

    Step commit(const std::vector<Submission>& submissions) {
        Held held;
        for (const auto& submission : submissions) {
            for (const auto& said : submission.observations)
                held[{said.company, said.product}] = read(said.company, said.product);
        }
        auto result = step(held, submissions, state, now, rules);
        if (!store.commit(result.batch)) throw std::runtime_error("the store refused a batch");
        state = result.state;
        return result;
    }

    std::optional<Product> read(const CompanyName& company, const ProductId& id) const {
        const auto value = store.get(Family::products, keys::product(company, id)).value();
        if (!value) return std::nullopt;
        return records::decode_product(*value).value();
    }
    std::optional<Product> product(std::uint64_t n) const { return read("main", product_id(n)); }

    std::vector<std::string> findings() const { return check_invariants(store); }

private:
    LogId next_log_id() { return log_id(++logs_); }
    Observation seen(Observation said, LogId cause) {
        said.cause = cause;
        said.seen = ++ticks_;
        said.seen_at = now;
        return said;
    }

    std::uint64_t logs_ = 0;
    SeenTick ticks_ = 100;
};

}  // namespace stockcast::test
