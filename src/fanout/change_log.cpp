#include "fanout/change_log.hpp"

#include "stockcast/model/concerned.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>

namespace stockcast {

namespace {

struct Reader {
    const ChangeRange& range;
    const Filter* filter;
    LogPart part{};
    std::size_t bytes = 0;
    error_code failure{};

    bool fail(error_code why) {
        failure = why;
        return false;
    }

    bool visit(std::string_view key, std::string_view value) {
        const auto seq = keys::seq_of(key);
        if (!seq) return fail(seq.error());
        if (*seq != part.last + 1) {
            if (part.last != range.after) return fail(Errc::store_damaged);
            part.expired = true;  // retention has taken the oldest
            return false;
        }
        const auto taken = filter == nullptr ? take(*seq, value) : take_if_passed(*seq, value);
        if (!taken) return false;
        part.last = *seq;
        bytes += value.size();
        return bytes < range.bytes_max && part.events.size() < range.events_max;
    }

    bool take(Seq seq, std::string_view value) {
        auto event = records::decode_event(value);
        if (!event) return fail(event.error());
        part.events.push_back({seq, std::move(*event)});
        return true;
    }

    bool take_if_passed(Seq seq, std::string_view value) {
        auto stored = records::decode_change(value);
        if (!stored) return fail(stored.error());
        const auto& change = stored->change;
        if (filter->passes(change.type, change.product.code, warehouses_concerned(change)))
            part.events.push_back({seq, std::move(stored->event)});
        return true;
    }
};

}  // namespace

Result<LogPart> read_change_log(const Store& store, ChangeRange range, std::shared_ptr<const Filter> filter) {
    Reader reader{range, filter.get()};
    reader.part.last = range.after;
    const auto snapshot = store.snapshot();
    const auto scanned = snapshot->scan(
        Family::changes, {keys::change(range.after + 1), keys::change(range.up_to + 1)}, Direction::ascending,
        [&](std::string_view key, std::string_view value) { return reader.visit(key, value); });
    if (!scanned) return scanned.error();
    if (reader.failure) return reader.failure;
    // Nothing at all where something must be: it has been trimmed.
    if (reader.part.last == range.after && range.after < range.up_to) reader.part.expired = true;
    return std::move(reader.part);
}

}  // namespace stockcast
