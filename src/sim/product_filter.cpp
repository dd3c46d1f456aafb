#include "sim/product_filter.hpp"

#include <algorithm>
#include <charconv>

namespace stockcast::sim {
namespace {

constexpr std::size_t ids_max = 20;

bool has_shape(std::string_view text, std::string_view shape) {  // `9` stands for a digit
    return text.size() == shape.size() && std::equal(text.begin(), text.end(), shape.begin(), [](char c, char s) {
               return s == '9' ? c >= '0' && c <= '9' : c == s;
           });
}

OrError<std::optional<Instant>> read_date(const Target& target, const char* name, const Variants& variants) {
    const std::string* text = target.find(name);
    if (!text) return std::optional<Instant>{};
    const bool day = has_shape(*text, "9999-99-99");
    const auto at = Instant::parse(*text);
    if (!at || (!day && !has_shape(*text, "9999-99-99T99:99:99Z"))) {
        return ApiError{400, "invalid_date", "The date of " + std::string{name} + " is invalid", {name}};
    }
    constexpr std::chrono::hours bogota_midnight{5};  // in UTC
    return std::optional{day && variants.dates_in_bogota ? *at + bogota_midnight : *at};
}

OrError<std::optional<std::vector<ProductId>>> read_ids(const Target& target) {
    std::optional<std::vector<ProductId>> ids;
    for (const auto& [name, value] : target.parameters) {
        if ((name != "ids" && name != "id") || value.empty()) continue;
        if (!ids) ids.emplace();
        for (std::string_view rest = value; !rest.empty();) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto id = ProductId::parse(rest.substr(0, comma));
            if (!id) return wrong_type(name);
            ids->push_back(*id);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
        if (ids->size() > ids_max) return wrong_type(name);
    }
    return ids;
}

OrError<std::optional<bool>> read_flag(const Target& target, const char* name) {
    const std::string* text = target.find(name);
    if (!text) return std::optional<bool>{};
    if (*text != "true" && *text != "false") return wrong_type(name);
    return std::optional{*text == "true"};
}

bool equal_without_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool within_range(std::optional<Instant> at, std::optional<Instant> from, std::optional<Instant> to) {
    if (!from && !to) return true;
    return at && (!from || *at >= *from) && (!to || *at <= *to);
}

std::optional<Instant> updated(const Item& item, const Variants& variants) {
    auto at = variants.updated_filter_ignores_stock ? item.last_updated : item.touched();
    if (variants.updated_filter_includes_created) at = std::max(at, std::optional{item.created});
    return at;
}

bool passes(const ProductFilter& filter, const Item& item, const Variants& variants) {
    if (filter.ids && std::find(filter.ids->begin(), filter.ids->end(), item.id) == filter.ids->end()) return false;
    if (filter.code && *filter.code != item.code) return false;
    if (!within_range(item.created, filter.created_start, filter.created_end)) return false;
    if (!within_range(updated(item, variants), filter.updated_start, filter.updated_end)) return false;
    if (filter.account_group && *filter.account_group != item.group.id) return false;
    if (filter.type && !equal_without_case(*filter.type, to_string(item.type))) return false;
    if (filter.stock_control && *filter.stock_control != item.stock_control) return false;
    return !filter.active || *filter.active == item.active;
}

bool is_empty(const ProductFilter& f) {
    return !f.ids && !f.code && !f.created_start && !f.created_end && !f.updated_start && !f.updated_end &&
           !f.account_group && !f.type && !f.stock_control && !f.active;
}

/// Slots created in the range: creation grows with the slot, so two searches find both ends.
std::span<const Slot> created_between(const Company& company, std::optional<Instant> from, std::optional<Instant> to) {
    const auto slots = company.by_creation();
    const auto created = [&](Slot slot) { return company.find(slot)->created; };
    const auto begin = from ? std::lower_bound(slots.begin(), slots.end(), *from,
                                               [&](Slot slot, Instant at) { return created(slot) < at; })
                            : slots.begin();
    const auto end =
        to ? std::upper_bound(begin, slots.end(), *to, [&](Instant at, Slot slot) { return at < created(slot); })
           : slots.end();
    return {begin, end};
}

/// Slots among which all that pass must be, each once.
std::vector<Slot> candidates(const Company& company, const ProductFilter& filter, const Variants& variants) {
    std::vector<Slot> slots;
    const auto add = [&](const Item* item) {
        if (item) slots.push_back(item->slot);
    };
    if (filter.ids) {
        for (const auto& id : *filter.ids) add(company.find(id));
    } else if (filter.code) {
        add(company.find_code(*filter.code));
    } else if (filter.updated_start || filter.updated_end) {
        const Instant from = filter.updated_start.value_or(Instant{Instant::Ticks::min()});
        const Instant to = filter.updated_end.value_or(Instant{Instant::Ticks::max()});
        slots = company.changed_between(from, to, !variants.updated_filter_ignores_stock);
        if (variants.updated_filter_includes_created) {
            const auto created = created_between(company, filter.updated_start, filter.updated_end);
            slots.insert(slots.end(), created.begin(), created.end());
        }
    } else {
        const auto created = created_between(company, filter.created_start, filter.created_end);
        slots.assign(created.begin(), created.end());
    }
    std::sort(slots.begin(), slots.end(), std::greater<>{});
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
}

}  // namespace

OrError<ProductFilter> ProductFilter::read(const Target& target, const Variants& variants) {
    ProductFilter filter;
    auto ids = read_ids(target);
    if (!ids) return ids.error();
    filter.ids = std::move(*ids);
    if (const auto* code = target.find("code")) filter.code = *code;
    if (const auto* type = target.find("type")) filter.type = *type;

    const std::pair<const char*, std::optional<Instant>*> dates[] = {{"created_start", &filter.created_start},
                                                                     {"created_end", &filter.created_end},
                                                                     {"updated_start", &filter.updated_start},
                                                                     {"updated_end", &filter.updated_end}};
    for (const auto& [name, to] : dates) {
        const auto date = read_date(target, name, variants);
        if (!date) return date.error();
        *to = *date;
    }
    const auto backwards = [](const auto& start, const auto& end) { return start && end && *start > *end; };
    if (backwards(filter.created_start, filter.created_end) || backwards(filter.updated_start, filter.updated_end)) {
        return ApiError{400, "invalid_date_range", "The end of the range is before its start", {}};
    }

    if (const auto* group = target.find("account_group")) {
        int id = 0;
        const auto [end, ec] = std::from_chars(group->data(), group->data() + group->size(), id);
        if (ec != std::errc{} || end != group->data() + group->size()) return wrong_type("account_group");
        filter.account_group = id;
    }
    const std::pair<const char*, std::optional<bool>*> flags[] = {{"stock_control", &filter.stock_control},
                                                                  {"active", &filter.active}};
    for (const auto& [name, to] : flags) {
        const auto flag = read_flag(target, name);
        if (!flag) return flag.error();
        *to = *flag;
    }
    return filter;
}

Selection select(const Company& company, const ProductFilter& filter, std::size_t offset, std::size_t count,
                 const Variants& variants) {
    Selection selection;
    if (is_empty(filter)) {
        const auto slots = company.by_creation();
        selection.total = slots.size();
        for (auto i = offset; i < std::min(offset + count, slots.size()); ++i) {
            selection.slots.push_back(slots[slots.size() - 1 - i]);
        }
        return selection;
    }
    for (const Slot slot : candidates(company, filter, variants)) {
        if (!passes(filter, *company.find(slot), variants)) continue;
        if (selection.total >= offset && selection.slots.size() < count) selection.slots.push_back(slot);
        ++selection.total;
    }
    return selection;
}

}  // namespace stockcast::sim
