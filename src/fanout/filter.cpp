#include "stockcast/fanout/filter.hpp"

#include <algorithm>
#include <array>

namespace stockcast {

namespace {

constexpr std::size_t name_bytes_max = 200;

constexpr std::array known_types{"stock_updated",   "product_created", "product_updated",
                                 "product_deleted", "sync_completed",  "alert"};

bool is_known_type(std::string_view type) {
    return std::find(known_types.begin(), known_types.end(), type) != known_types.end();
}

/// Bounds of one list; an empty string when it is within them.
std::string check_list(std::string_view name, const Json& value) {
    const auto* list = value.if_array();
    if (list == nullptr) return std::string{name} + " must be a list";
    if (list->empty()) return std::string{name} + " must name at least one; leave it out to narrow nothing";
    if (list->size() > Filter::names_max)
        return std::string{name} + " may name at most " + std::to_string(Filter::names_max);
    return {};
}

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= name_bytes_max;
}

}  // namespace

std::variant<Filter, std::string> Filter::parse(std::string_view message) {
    auto json = parse_json(message);
    if (!json) return std::string{"this is not a JSON object"};
    const auto* object = json->if_object();
    if (object == nullptr) return std::string{"this is not a JSON object"};
    const auto* type = json->find("type");
    if (type == nullptr || type->if_string() == nullptr || *type->if_string() != "subscribe")
        return std::string{"the only message that a client may send has the type \"subscribe\""};

    Filter filter;
    if (auto complaint = filter.read(*object); !complaint.empty()) return complaint;
    return filter;
}

std::string Filter::read(const Json::Object& message) {
    for (const auto& [name, value] : message) {
        if (name == "type") continue;
        if (name != "types" && name != "codes" && name != "warehouses")
            return "a subscription has types, codes and warehouses, nothing else";
        if (value.is_null()) continue;
        if (auto complaint = check_list(name, value); !complaint.empty()) return complaint;

        for (const auto& item : *value.if_array()) {
            if (const auto accepted = read_name(name, item); !accepted.empty()) return name + " must hold " + accepted;
        }
    }
    return {};
}

std::string Filter::read_name(std::string_view list, const Json& value) {
    const auto* text = value.if_string();
    if (list == "types") return add_type(text == nullptr ? std::string{} : *text);
    if (list == "codes") return add_code(text == nullptr ? std::string{} : *text);
    if (text != nullptr) return add_warehouse(*text);
    if (const auto* number = value.if_number()) {
        warehouses_.insert(number->text);
        return {};
    }
    return add_warehouse({});
}

std::string Filter::add_type(const std::string& name) {
    if (!is_known_type(name))
        return "stock_updated, product_created, product_updated, product_deleted, sync_completed and alert";
    types_.insert(name);
    return {};
}

std::string Filter::add_code(const std::string& name) {
    if (!is_name(name)) return "codes of 1 to " + std::to_string(name_bytes_max) + " bytes";
    codes_.insert(name);
    return {};
}

std::string Filter::add_warehouse(const std::string& id) {
    if (!is_name(id)) return "ids of warehouses";
    std::string quoted;
    write_json_string(quoted, id);
    warehouses_.emplace(warehouse_name(quoted));
    return {};
}

bool Filter::passes(ChangeType type, std::string_view code, const std::vector<std::string>& warehouses) const {
    if (!types_.empty() && !types_.contains(to_string(type))) return false;
    if (!codes_.empty() && !codes_.contains(code)) return false;
    return warehouses_.empty() || std::any_of(warehouses.begin(), warehouses.end(), [this](const auto& id) {
               return warehouses_.contains(warehouse_name(id));
           });
}

bool Filter::passes_announcement(std::string_view type) const {
    return types_.empty() || types_.contains(type);
}

std::string_view warehouse_name(std::string_view id) {
    if (id.size() <= 2 || !id.starts_with('"') || !id.ends_with('"')) return id;
    const auto inside = id.substr(1, id.size() - 2);
    return inside.find_first_not_of("0123456789") == std::string_view::npos ? inside : id;
}

}  // namespace stockcast
