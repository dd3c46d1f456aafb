#include "stockcast_dump.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

namespace stockcast::dump {
namespace {

/// Where a change log's key order helps: a seq bound is a bound of the scan itself.
KeyRange range_of(Family family, const Window& window) {
    KeyRange range;
    if (family != Family::changes) return range;
    if (const auto* first = window.from ? std::get_if<Seq>(&*window.from) : nullptr) range.from = keys::change(*first);
    if (const auto* last = window.to ? std::get_if<Seq>(&*window.to) : nullptr; last && *last != ~Seq{0}) {
        range.to = keys::change(*last + 1);
    }
    return range;
}

/// Not a bool: Boost's result can't tell an error_code from one.
enum class Place { inside, outside };
Place place(bool inside) {
    return inside ? Place::inside : Place::outside;
}

Result<Place> place_of_change(const Window& window, Result<std::optional<std::string>> change) {
    if (!change) return change.error();
    if (!*change) return Place::outside;  // gone by retention
    const auto stored = records::decode_change(**change);
    if (!stored) return stored.error();
    return place(window.holds(stored->change.recorded_at));
}

Result<Place> place_of_entry(const Window& window, const Snapshot& snapshot, Family family, std::string_view key,
                             std::string_view value) {
    if (!window.bounds(family)) return Place::inside;
    if (family == Family::changes) {
        const auto seq = keys::seq_of(key);
        if (!seq) return seq.error();
        if (!window.holds(*seq)) return Place::outside;
        return place_of_change(window, std::optional{std::string{value}});
    }
    if (family == Family::product_changes) {
        const auto change = keys::product_change_of(key);
        if (!change) return change.error();
        if (!window.holds(change->seq)) return Place::outside;
        return place_of_change(window, snapshot.get(Family::changes, keys::change(change->seq)));
    }
    const auto id = keys::log_id_of(key);
    if (!id) return id.error();
    return place(window.holds(id->time()));
}

std::string printable(std::string_view key) {
    std::string text;
    write_json_string(text, key);
    return text;
}

class FamilyDump {
public:
    FamilyDump(const Snapshot& snapshot, const Request& request, Family family, std::ostream& out,
               std::ostream& complaints)
        : snapshot_(snapshot), request_(request), family_(family), out_(out), complaints_(complaints) {}

    bool run() {
        if (request_.format == Format::csv) out_ << csv_header(family_);
        const auto scanned =
            snapshot_.scan(family_, range_of(family_, request_.window), Direction::ascending,
                           [this](std::string_view key, std::string_view value) { return take(key, value); });
        if (!scanned) complain("", scanned.error().message());
        return good_ && out_.good();
    }

private:
    bool take(std::string_view key, std::string_view value) {
        const auto wanted = place_of_entry(request_.window, snapshot_, family_, key, value);
        if (!wanted) complain(key, wanted.error().message());
        if (!wanted || *wanted == Place::outside) return true;
        const auto json = entry_json(family_, key, value);
        if (!json)
            complain(key, json.error().message());
        else if (request_.format == Format::csv)
            out_ << csv_row(family_, *json);
        else
            out_ << *json << '\n';
        return out_.good();  // a closed pipe ends the dump
    }

    void complain(std::string_view key, const std::string& what) {
        good_ = false;
        complaints_ << "stockcast-dump: " << to_string(family_) << ' ' << printable(key) << ": " << what << '\n';
    }

    const Snapshot& snapshot_;
    const Request& request_;
    Family family_;
    std::ostream& out_;
    std::ostream& complaints_;
    bool good_ = true;
};

}  // namespace

bool dump(const Store& store, const Request& request, std::ostream& out, std::ostream& complaints) {
    const auto snapshot = store.snapshot();
    bool good = true;
    for (const auto family : request.families) {
        good = FamilyDump{*snapshot, request, family, out, complaints}.run() && good;
        if (!out.good()) break;
    }
    out.flush();
    return good && out.good();
}

}  // namespace stockcast::dump
