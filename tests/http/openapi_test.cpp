#include "http/openapi.hpp"

#include "http/contract_text.hpp"
#include "http/world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

Json contract(std::string_view text) {
    return parse_json(text, {.depth = 64, .bytes = std::size_t{4} << 20}).value();
}

Json openapi() {
    return openapi_document(routes(), "1.2.3");
}

void collect_references(const Json& json, std::vector<std::string>& found) {
    if (const auto* array = json.if_array()) {
        for (const auto& item : *array) collect_references(item, found);
    }
    if (const auto* object = json.if_object()) {
        for (const auto& [name, value] : *object) {
            if (name == "$ref" && value.if_string() != nullptr) found.push_back(*value.if_string());
            collect_references(value, found);
        }
    }
}

/// What `#/a/b` points to; null pointer: nothing.
const Json* at(const Json& document, std::string_view pointer) {
    const Json* json = &document;
    pointer.remove_prefix(std::min<std::size_t>(pointer.size(), 2));
    while (json != nullptr && !pointer.empty()) {
        const auto slash = std::min(pointer.find('/'), pointer.size());
        json = json->find(pointer.substr(0, slash));
        pointer.remove_prefix(std::min(slash + 1, pointer.size()));
    }
    return json;
}

std::set<std::string> schema_names(const Json& document) {
    std::set<std::string> names;
    for (const auto& [name, schema] : *at(document, "#/components/schemas")->if_object()) names.insert(name);
    return names;
}

const Json& operation(const Json& document, std::string_view path, std::string_view method) {
    return *document.find("paths")->find(path)->find(method);
}

const Json* parameter(const Json& operation, std::string_view name) {
    for (const auto& one : *operation.find("parameters")->if_array()) {
        if (one.find("name") != nullptr && *one.find("name") == Json{name}) return &one;
    }
    return nullptr;
}

}  // namespace

TEST_CASE("everything that a document refers to is in it", "[http][openapi]") {
    for (const auto& document : {openapi(), asyncapi_document("1.2.3")}) {
        std::vector<std::string> references;
        collect_references(document, references);
        CHECK(references.size() > 30);
        for (const auto& reference : references) {
            CAPTURE(reference);
            CHECK(reference.starts_with("#/"));
            CHECK(at(document, reference) != nullptr);
        }
        CHECK(*at(document, "#/info/version") == Json{"1.2.3"});
    }
}

TEST_CASE("no schema and no shared part stands there for nothing", "[http][openapi]") {
    const auto api = openapi();
    auto used = schema_names(api);
    used.merge(schema_names(asyncapi_document("")));
    const auto schemas = contract(contract_text::schemas);
    for (const auto& [name, schema] : *schemas.if_object()) {
        CAPTURE(name);
        CHECK(used.contains(name));
    }

    std::vector<std::string> references;
    collect_references(api, references);
    for (const auto* kind : {"parameters", "requestBodies", "headers", "responses"}) {
        const auto* parts = api.find("components")->find(kind);
        for (const auto& [name, part] : *parts->if_object()) {
            const auto pointer = std::string{"#/components/"} + kind + "/" + name;
            CAPTURE(pointer);
            CHECK(std::find(references.begin(), references.end(), pointer) != references.end());
        }
    }
}

TEST_CASE("nothing is described that the router does not know", "[http][openapi]") {
    std::set<std::string> known;
    for (const auto& route : routes()) known.insert(std::string{route.method} + " " + std::string{route.pattern});
    const auto said = contract(contract_text::api);
    for (const auto& [key, operation] : *said.find("operations")->if_object()) {
        CAPTURE(key);
        REQUIRE(known.contains(key));
        const auto* parameters = operation.find("parameters");
        if (parameters == nullptr) continue;
        const auto found = find_route(key.substr(0, key.find(' ')), key.substr(key.find(' ') + 1));
        for (const auto& one : *parameters->if_array()) {
            if (one.find("in") == nullptr || *one.find("in") != Json{"query"}) continue;
            const auto& name = *one.find("name")->if_string();
            CAPTURE(name);
            CHECK(std::any_of(found.route->parameters.begin(), found.route->parameters.end(),
                              [&](const Parameter& known_one) { return known_one.name == name; }));
        }
    }
}

TEST_CASE("what the router knows of a request stands in the document", "[http][openapi]") {
    const auto document = openapi();

    const auto& changes = operation(document, "/api/changes", "get");
    const auto* limit = parameter(changes, "limit");
    REQUIRE(limit != nullptr);
    CHECK(to_text(*limit->find("schema")) == R"({"type":"integer","minimum":1,"maximum":1000,"default":100})");
    CHECK(*parameter(changes, "since")->find("example") == Json::number(41));  // what api.json adds
    CHECK(to_text(*changes.find("security")) == R"([{"bearer":["viewer"]}])");
    CHECK(changes.find("responses")->find("401") != nullptr);
    CHECK(changes.find("responses")->find("403") == nullptr);

    const auto& sync = operation(document, "/api/sync", "post");
    CHECK(to_text(*sync.find("security")) == R"([{"bearer":["admin"]}])");
    CHECK(sync.find("responses")->find("403") != nullptr);

    CHECK(operation(document, "/api/products/{id}", "get").find("responses")->find("404") != nullptr);
    CHECK(operation(document, "/healthz", "get").find("responses")->find("429") == nullptr);
}

TEST_CASE("both documents are served to anyone", "[http][openapi]") {
    World world;
    for (const auto* path : {"/openapi.json", "/asyncapi.json"}) {
        const auto answer = world.ask(HttpRequest{.method = "GET", .target = path});
        CAPTURE(path);
        CHECK(answer.status == 200);
        CHECK(answer.fields.get("Content-Type") == "application/json");
        CHECK(parse_json(answer.body, {.depth = 64, .bytes = std::size_t{4} << 20}));
    }
}
