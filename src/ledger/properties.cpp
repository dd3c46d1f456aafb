#include "ledger/properties.hpp"

#include <algorithm>
#include <stdexcept>

namespace stockcast::ledger {
namespace {

constexpr std::string_view nested_member = "additional_fields";

const Json::Object& members_of(const Json& object) {
    static const Json::Object none;
    const auto* members = object.if_object();
    return members ? *members : none;
}

/// Both sides mostly come in the same order of members, so the place is tried before the name is searched.
const Json* find_near(const Json::Object& members, std::string_view name, std::size_t& place) {
    if (place < members.size() && members[place].first == name) return &members[place++].second;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (members[i].first != name) continue;
        place = i + 1;
        return &members[i].second;
    }
    return nullptr;
}

bool merges_deeper(std::string_view name, const Json& held, const Json& said) {
    return name == nested_member && held.if_object() && said.if_object();
}

/// A code or a name; SIIGO's codes may be digits alone, and then a number.
std::string text_in(const Json& properties, std::string_view name) {
    const auto* value = properties.find(name);
    if (!value) return {};
    if (const auto* text = value->if_string()) return *text;
    if (const auto* number = value->if_number()) return number->text;
    return {};
}

bool flag_in(const Json& properties, std::string_view name) {
    const auto* value = properties.find(name);
    const auto* flag = value ? value->if_bool() : nullptr;
    return !flag || *flag;
}

bool equal_without_case(std::string_view a, std::string_view lower) {
    return std::ranges::equal(a, lower,
                              [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x) == y; });
}

}  // namespace

Difference compare_members(const Json& held, const Json& said) {
    Difference difference;
    const auto& known = members_of(held);
    std::size_t place = 0;
    for (const auto& [name, value] : members_of(said)) {
        const Json* before = find_near(known, name, place);
        if (!before) {
            difference.added.push_back(name);
        } else if (merges_deeper(name, *before, value)) {
            const auto deeper = compare_members(*before, value);
            if (!deeper.contradicted.empty()) difference.contradicted.push_back(name);
            if (!deeper.added.empty()) difference.added.push_back(name);
        } else if (!same_value(*before, value)) {
            difference.contradicted.push_back(name);
        }
    }
    return difference;
}

bool says_exactly(const Json& said, std::string_view text) {
    std::string member;
    char before = '{';
    for (const auto& [name, value] : members_of(said)) {
        // Member by member, so that what differs is noticed at the first difference.
        member.assign(1, before);
        write_json_string(member, name);
        member += ':';
        write_json(member, value);
        if (!text.starts_with(member)) return false;
        text.remove_prefix(member.size());
        before = ',';
    }
    return before == ',' && text == "}";
}

void merge_members(Json& held, const Json& said, Members which) {
    for (const auto& [name, value] : members_of(said)) {
        Json* before = held.find(name);
        if (!before) {
            held.set(name, value);
        } else if (merges_deeper(name, *before, value)) {
            merge_members(*before, value, which);
        } else if (which == Members::all && !same_value(*before, value)) {
            *before = value;  // where only the spelling differs (`1`, `1.0`) the held one stays
        }
    }
}

Json read_properties(const Product& product) {
    // Wider than what is accepted from outside: escapes may have made the text longer than it came.
    constexpr JsonLimits limits{.depth = 64, .bytes = 8 * properties_bytes_max};
    auto properties = parse_json(product.properties, limits);
    if (!properties || !properties->if_object()) {
        throw std::logic_error("the properties held of product " + product.id.to_string() + " are no JSON object");
    }
    return *std::move(properties);
}

void put_properties(Product& product, const Json& properties) {
    product.properties = to_text(properties);
    if (auto code = text_in(properties, "code"); !code.empty()) product.code = std::move(code);
    if (auto name = text_in(properties, "name"); !name.empty()) product.name = std::move(name);
    product.active = flag_in(properties, "active");
    product.stock_control = flag_in(properties, "stock_control");
}

bool has_stock(const Product& product) {
    return product.stock_control && !equal_without_case(text_in(read_properties(product), "type"), "service");
}

std::string code_in(const Json& properties) {
    return text_in(properties, "code");
}

}  // namespace stockcast::ledger
