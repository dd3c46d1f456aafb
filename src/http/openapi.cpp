#include "http/openapi.hpp"

#include "http/arguments.hpp"
#include "http/contract_text.hpp"
#include "http/handlers.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace stockcast {
namespace {

constexpr std::string_view schema_prefix = "#/components/schemas/";

Json reference(std::string_view to) {
    return Json::Object{{"$ref", to}};
}

Json contract(std::string_view text) {
    auto json = parse_json(text, {.depth = 64, .bytes = std::size_t{4} << 20});
    if (!json) throw std::logic_error{"src/http/contract: " + json.error().message()};
    return *std::move(json);
}

// ── Parameters ───────────────────────────────────────────────────────────────────────────────────────────────────────

Json schema_of(const Parameter& parameter) {
    const auto whole = [](std::int64_t least, std::int64_t most) {
        return Json::Object{{"type", "integer"}, {"minimum", Json::number(least)}, {"maximum", Json::number(most)}};
    };
    switch (parameter.kind) {
        case ParameterKind::boolean: return Json::Object{{"type", "boolean"}};
        case ParameterKind::quantity: return Json::Object{{"type", "number"}};
        case ParameterKind::time: return Json::Object{{"type", "string"}, {"format", "date-time"}};
        case ParameterKind::duration: return Json::Object{{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m)$"}};
        case ParameterKind::list: return Json::Object{{"type", "string"}, {"pattern", "^[^,]+(,[^,]+)*$"}};
        case ParameterKind::text: return Json::Object{{"type", "string"}, {"minLength", Json::number(1)}};
        case ParameterKind::whole: break;
    }
    if (parameter.name != "limit") return whole(0, seq_max);
    auto limit = whole(1, 1'000);
    limit.emplace_back("default", Json::number(100));
    return limit;
}

bool is_named(const Json& parameter, std::string_view name, std::string_view in) {
    const auto* has_name = parameter.find("name");
    const auto* has_in = parameter.find("in");
    return has_name != nullptr && has_in != nullptr && *has_name == Json{name} && *has_in == Json{in};
}

/// The table's query parameters, each with what `said` adds to it, after what else `said` has (path, headers).
Json::Array parameters_of(const Route& route, const Json::Array& said) {
    Json::Array all;
    for (const auto& one : said) {
        const auto* in = one.find("in");
        if (in == nullptr || *in != Json{"query"}) all.push_back(one);
    }
    for (const auto& parameter : route.parameters) {
        Json json = Json::Object{{"name", parameter.name},
                                 {"in", "query"},
                                 {"description", parameter.means},
                                 {"schema", schema_of(parameter)}};
        for (const auto& one : said) {
            if (!is_named(one, parameter.name, "query")) continue;
            for (const auto& [name, value] : *one.if_object()) json.set(name, value);
        }
        all.push_back(std::move(json));
    }
    return all;
}

// ── Who may come in, and how they are refused ────────────────────────────────────────────────────────────────────────

Json::Array security_of(Entry entry) {
    const auto scheme = [](std::string_view name, std::string_view role) {
        return Json::Object{{std::string{name}, Json::Array{Json{role}}}};
    };
    switch (entry) {
        case Entry::viewer: return {scheme("bearer", "viewer")};
        case Entry::admin: return {scheme("bearer", "admin")};
        case Entry::stream: return {scheme("bearer", "viewer"), scheme("access_token", "viewer")};
        case Entry::health:
        case Entry::open:
        case Entry::secret: break;
    }
    return {};
}

std::vector<std::pair<std::string, std::string_view>> shared_refusals(const Route& route) {
    const bool takes_token =
        route.entry == Entry::viewer || route.entry == Entry::admin || route.entry == Entry::stream;
    const bool names_one = route.entry != Entry::secret && route.pattern.find('{') != std::string_view::npos;
    std::vector<std::pair<std::string, std::string_view>> refusals{{"400", "BadRequest"}};
    if (takes_token) refusals.emplace_back("401", "Unauthorized");
    if (route.entry == Entry::admin) refusals.emplace_back("403", "Forbidden");
    if (names_one) refusals.emplace_back("404", "NotFound");
    if (route.entry != Entry::health) refusals.emplace_back("429", "TooManyRequests");
    refusals.insert(refusals.end(), {{"503", "Unavailable"}, {"4XX", "Refused"}, {"5XX", "Failed"}});
    return refusals;
}

/// What answers to GET have in common: a tag to ask again by, and, where there are pages, the way to the next.
void add_tags(const Route& route, Json::Object& responses) {
    const bool has_pages = std::any_of(route.parameters.begin(), route.parameters.end(), [](const Parameter& p) {
        return p.name == "cursor" || p.name == "before" || p.name == "since";
    });
    for (auto& [status, response] : responses) {
        if (status != "200" || response.find("$ref") != nullptr) continue;  // what is shared says it itself
        const auto* said = response.find("headers");
        Json headers = said != nullptr ? *said : Json{Json::Object{}};
        headers.set("ETag", reference("#/components/headers/ETag"));
        if (has_pages) headers.set("Link", reference("#/components/headers/Link"));
        response.set("headers", std::move(headers));
    }
    responses.emplace_back("304", reference("#/components/responses/NotModified"));
}

Json::Object responses_of(const Route& route, const Json* said) {
    Json::Object all;
    if (said != nullptr) all = *said->if_object();
    if (is_tagged(route)) add_tags(route, all);
    for (auto& [status, name] : shared_refusals(route)) {
        const bool is_said =
            std::any_of(all.begin(), all.end(), [&s = status](const Json::Member& one) { return one.first == s; });
        if (!is_said) all.emplace_back(std::move(status), reference("#/components/responses/" + std::string{name}));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return all;
}

// ── The documents ────────────────────────────────────────────────────────────────────────────────────────────────────

Json operation_of(const Route& route, const Json* said) {
    Json operation = said != nullptr ? *said : Json{Json::Object{}};
    operation.set("summary", route.means);
    const auto* parameters = operation.find("parameters");
    auto all = parameters_of(route, parameters != nullptr ? *parameters->if_array() : Json::Array{});
    if (is_tagged(route)) all.push_back(reference("#/components/parameters/IfNoneMatch"));
    if (!all.empty()) operation.set("parameters", std::move(all));
    operation.set("security", security_of(route.entry));
    operation.set("responses", responses_of(route, operation.find("responses")));
    return operation;
}

Json::Object paths_of(std::span<const Route> routes, const Json& operations) {
    Json::Object paths;
    for (const auto& route : routes) {
        const auto at = std::find_if(paths.begin(), paths.end(),
                                     [&](const Json::Member& path) { return path.first == route.pattern; });
        auto& path = at != paths.end() ? *at : paths.emplace_back(std::string{route.pattern}, Json::Object{});
        std::string method{route.method};
        std::transform(method.begin(), method.end(), method.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        const auto key = std::string{route.method} + " " + std::string{route.pattern};
        path.second.set(method, operation_of(route, operations.find(key)));
    }
    return paths;
}

/// The names of the schemas that `json` refers to.
void collect(const Json& json, std::set<std::string>& names) {
    if (const auto* array = json.if_array()) {
        for (const auto& item : *array) collect(item, names);
    }
    const auto* object = json.if_object();
    if (object == nullptr) return;
    for (const auto& [name, value] : *object) {
        const auto* target = name == "$ref" ? value.if_string() : nullptr;
        if (target != nullptr && target->starts_with(schema_prefix)) names.insert(target->substr(schema_prefix.size()));
        collect(value, names);
    }
}

void set_version(Json& document, std::string_view version) {
    document.find("info")->set("version", version);
}

HttpResponse document_answer(const std::string& document) {
    HttpResponse response;
    response.fields.add("Content-Type", "application/json");
    response.fields.add("Cache-Control", "no-cache");
    response.body = document;
    return response;
}

}  // namespace

void add_schemas(Json& document, const Json& schemas) {
    std::set<std::string> wanted;
    collect(document, wanted);
    Json::Object chosen;
    // What is chosen may refer to more: until nothing new is found.
    for (std::size_t before = 0; before != wanted.size();) {
        before = wanted.size();
        chosen.clear();
        for (const auto& [name, schema] : *schemas.if_object()) {
            if (!wanted.contains(name)) continue;
            chosen.emplace_back(name, schema);
            collect(schema, wanted);
        }
    }
    document.find("components")->set("schemas", std::move(chosen));
}

Json openapi_document(std::span<const Route> routes, std::string_view version) {
    Json document = contract(contract_text::api);
    set_version(document, version);
    const auto operations = document.take("operations");
    const auto components = document.take("components");  // behind the paths, where a reader expects them
    document.set("paths", paths_of(routes, operations.value()));
    document.set("components", components.value());
    add_schemas(document, contract(contract_text::schemas));
    return document;
}

Json asyncapi_document(std::string_view version) {
    Json document = contract(contract_text::stream);
    set_version(document, version);
    add_schemas(document, contract(contract_text::schemas));
    return document;
}

asio::awaitable<HttpResponse> show_openapi(Services& services, Call) {
    // Made when it is first asked for: it depends on nothing that changes while the program runs.
    static const std::string document = to_text(openapi_document(routes(), services.settings.version));
    co_return document_answer(document);
}

asio::awaitable<HttpResponse> show_asyncapi(Services& services, Call) {
    static const std::string document = to_text(asyncapi_document(services.settings.version));
    co_return document_answer(document);
}

}  // namespace stockcast
