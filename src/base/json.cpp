#include "stockcast/base/json.hpp"

#include "stockcast/base/decimal_text.hpp"

#include <algorithm>
#include <cassert>

namespace stockcast {
namespace {

/// Members sorted by name, by reference: comparing stays n·log n for an object of 100,000 members.
std::vector<const Json::Member*> by_name(const Json::Object& object) {
    std::vector<const Json::Member*> sorted;
    sorted.reserve(object.size());
    for (const auto& member : object) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    return sorted;
}

bool same_number(const JsonNumber& a, const JsonNumber& b) {
    if (a.text == b.text) return true;
    const auto left = take_apart(a.text);
    const auto right = take_apart(b.text);
    return left && right && same_value(*left, *right);
}

bool same_object(const Json::Object& a, const Json::Object& b) {
    if (a.size() != b.size()) return false;
    // Most often both come from the same writer and stand in the same order.
    const auto same = [](const Json::Member& x, const Json::Member& y) {
        return x.first == y.first && same_value(x.second, y.second);
    };
    const bool same_order =
        std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) { return x.first == y.first; });
    if (same_order) return std::equal(a.begin(), a.end(), b.begin(), same);

    const auto left = by_name(a);
    const auto right = by_name(b);
    return std::equal(left.begin(), left.end(), right.begin(), [&](auto* x, auto* y) { return same(*x, *y); });
}

auto position(auto& object, std::string_view name) {
    return std::find_if(object.begin(), object.end(), [&](const auto& member) { return member.first == name; });
}

}  // namespace

const Json* Json::find(std::string_view name) const {
    const auto* object = if_object();
    if (object == nullptr) return nullptr;
    const auto at = position(*object, name);
    return at == object->end() ? nullptr : &at->second;
}

Json* Json::find(std::string_view name) {
    return const_cast<Json*>(std::as_const(*this).find(name));
}

void Json::set(std::string_view name, Json value) {
    assert(if_object() != nullptr);
    if (auto* held = find(name)) {
        *held = std::move(value);
    } else {
        if_object()->emplace_back(name, std::move(value));
    }
}

std::optional<Json> Json::take(std::string_view name) {
    assert(if_object() != nullptr);
    auto& object = *if_object();
    const auto at = position(object, name);
    if (at == object.end()) return std::nullopt;
    std::optional<Json> taken{std::move(at->second)};
    object.erase(at);
    return taken;
}

bool same_value(const Json& a, const Json& b) {
    if (const auto* number = a.if_number()) return b.if_number() != nullptr && same_number(*number, *b.if_number());
    if (const auto* object = a.if_object()) return b.if_object() != nullptr && same_object(*object, *b.if_object());
    if (const auto* array = a.if_array()) {
        const auto* other = b.if_array();
        return other != nullptr && std::equal(array->begin(), array->end(), other->begin(), other->end(),
                                              [](const Json& x, const Json& y) { return same_value(x, y); });
    }
    return a == b;
}

}  // namespace stockcast
