#include "simulation/narrowing.hpp"

#include <algorithm>

namespace stockcast::simulation {
namespace {

using Names = std::set<std::string>;

void append_list(std::string& json, std::string_view name, const Names& names) {
    if (names.empty()) return;
    json.append(",\"").append(name).append("\":[");
    for (const auto& each : names) json.append(json.back() == '[' ? "\"" : ",\"").append(each).append("\"");
    json += ']';
}

void append_parameter(std::string& query, std::string_view name, const Names& names) {
    if (names.empty()) return;
    query.append("&").append(name);
    for (const auto& each : names) query.append(query.ends_with(name) ? "=" : ",").append(each);
}

}  // namespace

bool Narrowing::lets_through(const std::string& type, const std::string& code,
                             const std::vector<std::string>& ids) const {
    if (!types.empty() && !types.contains(type)) return false;
    if (!codes.empty() && !codes.contains(code)) return false;
    return warehouses.empty() ||
           std::any_of(ids.begin(), ids.end(), [this](const auto& id) { return warehouses.contains(id); });
}

std::string Narrowing::message() const {
    std::string json = R"({"type":"subscribe")";
    append_list(json, "types", types);
    append_list(json, "codes", codes);
    append_list(json, "warehouses", warehouses);
    return json + '}';
}

std::string Narrowing::query() const {
    std::string text;
    append_parameter(text, "types", types);
    append_parameter(text, "codes", codes);
    append_parameter(text, "warehouses", warehouses);
    return text;
}

}  // namespace stockcast::simulation
