// What SIIGO's webhooks did not tell, and how much they do tell.
#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/change_reads.hpp"
#include "http/handlers.hpp"
#include "http/list_answer.hpp"
#include "http/text.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace stockcast {
namespace {

struct DriftRange {
    Seq before = seq_max;  ///< not included
    std::size_t limit = 100;
    Instant now;
};

/// The latest change up to `seq` that no webhook had told; 0: none that is kept.
Result<Seq> unannounced_up_to(const Snapshot& snapshot, const LedgerState& state, Seq seq) {
    if (seq >= state.head) return state.tally.last_unannounced;
    const auto stored = change_at(snapshot, seq);
    if (!stored) return stored.error();
    return *stored ? (*stored)->change.tally.last_unannounced : Seq{0};
}

/// When SIIGO says that it came about, where it says so.
std::optional<Instant> siigo_time(const Change& change) {
    const auto& product = change.product;
    switch (change.type) {
        case ChangeType::stock_updated: return product.stock_updated;
        case ChangeType::product_created: return product.created ? product.created : product.last_updated;
        case ChangeType::product_updated: return product.last_updated;
        case ChangeType::product_deleted: break;
    }
    return std::nullopt;
}

/// The event as it was told, and how late it was.
void append_entry(std::string& out, const records::StoredChange& stored) {
    out.append(stored.event, 0, stored.event.size() - 1);  // without its closing brace
    const auto since = siigo_time(stored.change);
    if (!since) {
        out += R"(,"siigoTimestamp":null,"lateSeconds":null})";
        return;
    }
    const auto late = std::max<std::int64_t>(stored.change.recorded_at.unix_ms() - since->unix_ms(), 0);
    out.append(",\"siigoTimestamp\":\"").append(since->to_iso_ms()).append("\",\"lateSeconds\":");
    out.append(thousandths(late)).append("}");
}

/// Announced among those that could have been, from the first change at `since` on: `0.9876`; `null` where there was none.
Result<std::string> announced_since(const Snapshot& snapshot, const LedgerState& state, Instant since) {
    const auto first = first_change_since(snapshot, state.oldest, state.head, since);
    if (!first) return first.error();
    if (*first > state.head) return std::string{"null"};
    const auto stored = change_at(snapshot, *first);
    if (!stored) return stored.error();
    if (!*stored) return std::string{"null"};  // retention has come this far meanwhile
    const auto& change = (*stored)->change;
    const auto announced = state.tally.announced - change.tally.announced + (change.source == Source::webhook ? 1 : 0);
    const auto unannounced = state.tally.unannounced - change.tally.unannounced + (change.is_unannounced() ? 1 : 0);
    const auto all = announced + unannounced;
    if (all == 0) return std::string{"null"};
    const auto share = std::to_string((announced * 10'000 + all / 2) / all + 10'000);
    return std::string{share == "20000" ? "1." : "0."} + share.substr(1);
}

Result<std::string> announced_json(const Snapshot& snapshot, const LedgerState& state, Instant now) {
    using std::chrono::hours;
    struct Window {
        std::string_view name;
        hours length;
    };
    std::string out = "\"announced\":";
    JsonObjectWriter json{out};
    for (const auto& [name, length] :
         std::array{Window{"hour", hours{1}}, Window{"day", hours{24}}, Window{"week", hours{7 * 24}}}) {
        const auto share = announced_since(snapshot, state, now - length);
        if (!share) return share.error();
        json.raw(name, *share);
    }
    json.close();
    return out;
}

Result<std::optional<ListPage>> read_drift(const Store& store, const DriftRange& wanted) {
    const auto snapshot = store.snapshot();
    const auto state = ledger_state_of(*snapshot);
    if (!state) return state.error();
    auto announced = announced_json(*snapshot, *state, wanted.now);
    if (!announced) return announced.error();

    ListPage page{.name = "drift", .cursor = "before", .more = *std::move(announced)};
    auto seq = unannounced_up_to(*snapshot, *state, std::max<Seq>(wanted.before, 1) - 1);
    for (std::size_t taken = 0; seq && *seq >= state->oldest; ++taken) {
        if (taken == wanted.limit || page.entries.size() >= list_bytes_max) {
            page.next = std::to_string(*seq + 1);
            return page;
        }
        const auto stored = change_at(*snapshot, *seq);
        if (!stored) return stored.error();
        if (!*stored) return page;
        if (taken > 0) page.entries += ',';
        append_entry(page.entries, **stored);
        seq = unannounced_up_to(*snapshot, *state, *seq - 1);
    }
    if (!seq) return seq.error();
    return page;
}

}  // namespace

asio::awaitable<HttpResponse> list_drift(Services& services, Call call) {
    Arguments arguments{call.query};
    DriftRange range;
    range.limit = arguments.limit();
    range.before = arguments.seq("before").value_or(seq_max);
    range.now = services.clock.wall();
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    const auto read = [&store = services.store, &range] { return read_drift(store, range); };
    co_return co_await answer_list(services, call, read);
}

}  // namespace stockcast
