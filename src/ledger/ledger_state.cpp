#include "stockcast/ledger/step.hpp"
#include "stockcast/store/fields.hpp"

namespace stockcast {
namespace {

constexpr std::uint8_t form_version = 1;

// Numbers on disk: never given to another meaning.
namespace tag {
enum : std::uint8_t {
    head = 1,
    oldest,
    ticks,
    next_number,
    products,
    synced_products,
    stocked_products,
    stock_sum,
    updated_today,
    today,
    webhooks,
    webhooks_processed,
    webhook_minute,
    announced,
    unannounced,
    last_unannounced,
    head_hash,
    chained_from,
    today_behind
};
}
namespace minute_tag {
enum : std::uint8_t { minute = 1, count };
}

template <class To>
Result<void> keep(const Result<To>& read, To& to) {
    if (!read) return read.error();
    to = *read;
    return {};
}

Result<std::pair<std::int64_t, std::uint64_t>> read_minute(FieldReader reader) {
    std::pair<std::int64_t, std::uint64_t> bucket{0, 0};
    for (;;) {
        const auto field = reader.next();
        if (!field) return field.error();
        if (!*field) return bucket;
        Result<void> kept;
        if ((*field)->tag == minute_tag::minute) kept = keep(FieldReader::signed_number(**field), bucket.first);
        if ((*field)->tag == minute_tag::count) kept = keep(FieldReader::number(**field), bucket.second);
        if (!kept) return kept.error();
    }
}

Result<void> read_field(const FieldReader::Raw& field, std::uint8_t version, LedgerState& state) {
    auto& counters = state.counters;
    switch (field.tag) {
        case tag::head: return keep(FieldReader::number(field), state.head);
        case tag::oldest: return keep(FieldReader::number(field), state.oldest);
        case tag::ticks: return keep(FieldReader::number(field), state.ticks);
        case tag::next_number: return keep(FieldReader::number(field), state.next_number);
        case tag::products: return keep(FieldReader::number(field), counters.products);
        case tag::synced_products: return keep(FieldReader::number(field), counters.synced_products);
        case tag::stocked_products: return keep(FieldReader::number(field), counters.stocked_products);
        case tag::stock_sum: return keep(FieldReader::quantity(field), counters.stock_sum);
        case tag::updated_today: return keep(FieldReader::number(field), counters.updated_today);
        case tag::today: return keep(FieldReader::signed_number(field), counters.today);
        case tag::today_behind: return keep(FieldReader::number(field), counters.today_behind);
        case tag::webhooks: return keep(FieldReader::number(field), counters.webhooks);
        case tag::webhooks_processed: return keep(FieldReader::number(field), counters.webhooks_processed);
        case tag::announced: return keep(FieldReader::number(field), state.tally.announced);
        case tag::unannounced: return keep(FieldReader::number(field), state.tally.unannounced);
        case tag::last_unannounced: return keep(FieldReader::number(field), state.tally.last_unannounced);
        case tag::head_hash: return keep(FieldReader::hash(field), state.head_hash);
        case tag::chained_from: return keep(FieldReader::number(field), state.chained_from);
        case tag::webhook_minute: {
            auto bucket = read_minute(FieldReader::inside(field.bytes, version));
            if (!bucket) return bucket.error();
            state.webhook_minutes.push_back(*bucket);
            state.counters.webhooks_last_hour += bucket->second;
            return {};
        }
        default: return {};
    }
}

}  // namespace

std::string encode(const LedgerState& state) {
    const auto& counters = state.counters;
    FieldWriter out{form_version, 176 + 16 * state.webhook_minutes.size()};
    out.number(tag::head, state.head)
        .number(tag::oldest, state.oldest)
        .number(tag::ticks, state.ticks)
        .number(tag::next_number, state.next_number)
        .number(tag::products, counters.products)
        .number(tag::synced_products, counters.synced_products)
        .number(tag::stocked_products, counters.stocked_products)
        .quantity(tag::stock_sum, counters.stock_sum)
        .number(tag::updated_today, counters.updated_today)
        .signed_number(tag::today, counters.today)
        .number(tag::today_behind, counters.today_behind)
        .number(tag::webhooks, counters.webhooks)
        .number(tag::webhooks_processed, counters.webhooks_processed)
        .number(tag::announced, state.tally.announced)
        .number(tag::unannounced, state.tally.unannounced)
        .number(tag::last_unannounced, state.tally.last_unannounced)
        .hash(tag::head_hash, state.head_hash)
        .number(tag::chained_from, state.chained_from);
    FieldGroup bucket;
    for (const auto& [minute, count] : state.webhook_minutes) {
        out.group(tag::webhook_minute,
                  bucket.clear().signed_number(minute_tag::minute, minute).number(minute_tag::count, count));
    }
    return out.finish();
}

Result<LedgerState> decode_ledger_state(std::string_view value) {
    auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    LedgerState state;
    state.chained_from = 0;
    bool says_when_today_began = false;
    for (;;) {
        const auto field = reader->next();
        if (!field) return field.error();
        if (!*field) break;
        says_when_today_began = says_when_today_began || (*field)->tag == tag::today_behind;
        if (auto read = read_field(**field, reader->version(), state); !read) return read.error();
    }
    // A version without the chain wrote it, and perhaps changes without a hash: the chain begins (again) behind them.
    if (state.chained_from == 0) state.chained_from = state.head + 1;
    // A version that went by the time of changes wrote it: the day begins anew.
    if (!says_when_today_began) {
        state.counters.today = state.counters.updated_today = 0;
        state.counters.today_behind = state.head;
    }
    return state;
}

}  // namespace stockcast
