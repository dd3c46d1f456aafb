// The ledger's step over a store in memory, against a naive model: bytes become notifications, rows, reads, absences,
// full disks and restarts. Products 0 and 1 are told of by stamped notifications alone, and for these the rules are
// restated here in a few lines; the others get everything. In the end every product is read, must show what was read,
// and the store must keep all its invariants.

#include "support/memory_store.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/ledger/step.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stockcast {
namespace {

constexpr std::size_t products = 4;
constexpr std::size_t modelled = 2;
constexpr std::size_t operations_max = 150;
const Instant start = Instant::from_unix_ms(1'737'374'400'000);  // 2025-01-20T12:00:00Z

void require(bool condition, const std::string& what) {
    if (condition) return;
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
}

class Bytes {
public:
    explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    bool is_empty() const { return bytes_.empty(); }
    unsigned below(unsigned bound) {
        if (bytes_.empty()) return 0;
        const auto byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte % bound;
    }

private:
    std::span<const std::uint8_t> bytes_;
};

ProductId id_of(std::size_t n) {
    std::array<std::uint8_t, 16> bytes{};
    bytes[15] = static_cast<std::uint8_t>(n + 1);
    return ProductId::from_bytes(bytes);
}

/// The rules for stamped notifications, as one would write them down first: newer wins, older is dropped, of two words
/// of one moment the first stays, and warehouses belong to the figure.
struct Naive {
    Instant stock_stamp;
    Quantity available;
    std::vector<WarehouseStock> warehouses;
    Instant name_stamp;
    std::string name;

    void hear(const Observation& said) {
        const auto told = said.warehouses.value_or(std::vector<WarehouseStock>{});
        if (*said.stock_updated > stock_stamp) {
            stock_stamp = *said.stock_updated;
            available = *said.available;
            warehouses = told;
        } else if (*said.stock_updated == stock_stamp && available == *said.available && warehouses.empty()) {
            warehouses = told;
        }
        if (*said.last_updated > name_stamp) {
            name_stamp = *said.last_updated;
            name = *said.properties.find("name")->if_string();
        }
    }
};

class Run {
public:
    explicit Run(Bytes bytes) : bytes_(bytes) {}

    void play() {
        for (std::size_t i = 0; i < operations_max && !bytes_.is_empty(); ++i) operate();
        commit();
        compare();
        read_everything();
        const auto findings = check_invariants(store_);
        require(findings.empty(), findings.empty() ? "" : findings.front());
    }

private:
    void operate() {
        switch (bytes_.below(8)) {
            case 0:
            case 1: return submit_webhook(stamped(bytes_.below(modelled)));
            case 2: return submit_webhook(anything(modelled + bytes_.below(products - modelled)));
            case 3: return submit_polled(anything(modelled + bytes_.below(products - modelled)));
            case 4: return commit();
            case 5: return commit_to_full_disk();
            case 6: return restart();
            default: now_ = now_ + std::chrono::seconds{bytes_.below(240)};
        }
    }

    Observation seen(std::size_t n) {
        Observation said;
        said.company = "main";
        said.product = id_of(n);
        said.seen = ++ticks_;
        said.seen_at = now_;
        return said;
    }

    void tell_stock(Observation& said) {
        const Quantity figure{static_cast<std::int64_t>(bytes_.below(5))};
        said.available = figure;
        if (const auto places = bytes_.below(3); places > 0) {
            said.warehouses.emplace();
            for (unsigned i = 0; i < places; ++i) said.warehouses->push_back({std::to_string(i), "w", figure});
        }
    }

    Instant stamp() { return start - std::chrono::minutes{bytes_.below(8)}; }

    Observation stamped(std::size_t n) {
        auto said = seen(n);
        tell_stock(said);
        said.stock_updated = stamp();
        said.last_updated = stamp();
        said.properties.set("code", "P" + std::to_string(n));
        // One moment has one name: which of two would stay is a matter of arrival, and the model's first one has no
        // rival.
        said.properties.set("name", said.last_updated->to_iso_s());
        return said;
    }

    Observation anything(std::size_t n) {
        auto said = seen(n);
        const auto shape = bytes_.below(64);
        if (shape & 1) tell_stock(said);
        if (shape & 2) said.stock_updated = stamp();
        if (shape & 4) said.last_updated = stamp();
        if (shape & 8) said.properties.set("code", "C" + std::to_string(bytes_.below(3)));
        if (shape & 16) said.properties.set("name", "N" + std::to_string(bytes_.below(3)));
        if (shape & 32) said.properties.set("active", bytes_.below(2) == 0);
        if (bytes_.below(16) == 0) said.stock_updated = now_ + std::chrono::hours{1};
        if (bytes_.below(4) == 0) said.seen -= std::min<SeenTick>(said.seen - 1, bytes_.below(6));
        return said;
    }

    void submit_webhook(Observation said) {
        constexpr std::array sources{Source::webhook, Source::webhook, Source::test, Source::replay};
        const bool is_modelled = said.product < id_of(modelled);
        said.source = is_modelled ? Source::webhook : sources[bytes_.below(4)];
        said.cause = next_log_id();
        WebhookLog log;
        log.id = said.cause;
        log.company = said.company;
        log.source = said.source;
        log.received_at = now_;
        Submission submission;
        submission.webhook = std::move(log);
        submission.observations.push_back(std::move(said));
        waiting_.push_back(std::move(submission));
    }

    void submit_polled(Observation said) {
        constexpr std::array origins{Origin::page, Origin::read, Origin::absence, Origin::withdrawal};
        said.origin = origins[bytes_.below(4)];
        said.source = said.origin == Origin::withdrawal ? Source::test : Source::scheduled_sync;
        submit_run(std::move(said));
    }

    void submit_run(Observation said) {
        SyncLog log;
        log.id = said.cause = next_log_id();
        log.company = said.company;
        log.started_at = now_;
        Submission submission;
        submission.records.put(Family::sync_logs, keys::log(log.company, log.id), records::encode(log));
        submission.observations.push_back(std::move(said));
        waiting_.push_back(std::move(submission));
    }

    LogId next_log_id() {
        auto bytes = LogId::first_at(start).bytes();
        ++logs_;
        for (std::size_t i = 0; i < 8; ++i) bytes[15 - i] = static_cast<std::uint8_t>(logs_ >> 8 * i);
        return LogId::from_bytes(bytes);
    }

    Step work_out() {
        Held held;
        for (const auto& submission : waiting_) {
            for (const auto& said : submission.observations) held[{said.company, said.product}] = read(said.product);
        }
        return step(held, waiting_, state_, now_, {});
    }

    void commit() {
        const auto worked = work_out();
        require(store_.commit(worked.batch).has_value(), "the store refuses");
        state_ = worked.state;
        for (const auto& change : worked.notice.changes) {
            require(change.seq == ++published_, "seq does not grow by one");
            require(parse_json(change.event).has_value(), "an event is no JSON: " + change.event);
        }
        require(worked.notice.head_hash == state_.head_hash, "the notice names another hash than the state");
        require(published_ == state_.head && worked.notice.head == state_.head, "the head is not the last change");
        require(worked.commits.size() == waiting_.size(), "not every submission has its outcome");
        for (const auto& submission : waiting_) {
            const auto& said = submission.observations.front();
            for (std::size_t n = 0; n < modelled; ++n) {
                if (said.product == id_of(n) && said.origin == Origin::notification) models_[n].hear(said);
            }
        }
        waiting_.clear();
    }

    void commit_to_full_disk() {
        store_.set_full(true);
        require(store_.commit(work_out().batch).error() == Errc::store_full, "a full disk takes a batch");
        store_.set_full(false);
        waiting_.clear();
    }

    void restart() {
        waiting_.clear();  // never acknowledged
        store_.reopen();
        const auto kept = store_.get(Family::meta, keys::ledger_state).value();
        if (!kept) return;
        auto state = decode_ledger_state(*kept);
        require(state.has_value(), "the state cannot be read back");
        require(*state == state_, "the state read back is another");
        ticks_ = state->ticks;  // what was handed out since and never kept is handed out again
    }

    void compare() {
        for (const auto& [n, model] : models_) {
            const auto product = read(id_of(n));
            require(product.has_value(), "a product that was told of is not held");
            require(product->available == model.available, "another figure than the model's");
            require(product->warehouses == model.warehouses, "other warehouses than the model's");
            require(product->name == model.name, "another name than the model's");
        }
    }

    /// As the fetcher does: what is owed is read when it is due, until nothing is owed.
    void read_everything() {
        for (std::size_t n = 0; n < products; ++n) {
            const Quantity figure{static_cast<std::int64_t>(1000 + n)};
            for (int attempt = 0; attempt < 3; ++attempt) {
                const auto before = read(id_of(n));
                now_ = now_ + std::chrono::seconds{1};
                if (before && before->pending) now_ = std::max(now_, before->pending->due);
                auto answer = seen(n);
                answer.origin = Origin::read;
                answer.source = Source::refresh;
                answer.available = figure;
                answer.properties.set("code", "R" + std::to_string(n));
                answer.properties.set("name", std::string{"read"});
                answer.properties.set("active", true);
                submit_run(std::move(answer));
                commit();
                if (!read(id_of(n))->pending) break;
            }
            const auto product = read(id_of(n));
            require(product && !product->pending, "a read does not settle what it was owed for");
            require(product->available == figure && product->name == "read" && product->active && !product->deleted,
                    "what was read last is not what is held");
        }
    }

    std::optional<Product> read(const ProductId& id) {
        const auto value = store_.get(Family::products, keys::product("main", id)).value();
        if (!value) return std::nullopt;
        auto product = records::decode_product(*value);
        require(product.has_value(), "a product cannot be read back");
        return *product;
    }

    Bytes bytes_;
    test::MemoryStore store_;
    LedgerState state_;
    Instant now_ = start;
    SeenTick ticks_ = 0;
    std::uint64_t logs_ = 0;
    Seq published_ = 0;
    std::vector<Submission> waiting_;
    std::map<std::size_t, Naive> models_;
};

}  // namespace
}  // namespace stockcast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    stockcast::Run{stockcast::Bytes{{data, size}}}.play();
    return 0;
}
