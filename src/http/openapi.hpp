#pragma once

#include "http/route.hpp"

#include "stockcast/base/json.hpp"

#include <span>
#include <string_view>

namespace stockcast {

/// OpenAPI 3.1: paths, parameters, security and the refusals that all routes share come from the table; the rest, by
/// method and pattern, from contract/api.json. Throws std::logic_error where those files are no JSON: a bug.
Json openapi_document(std::span<const Route> routes, std::string_view version);

/// AsyncAPI 3.0 of the streams, from contract/stream.json.
Json asyncapi_document(std::string_view version);

/// Adds to `document` the schemas of contract/schemas.json that it refers to, and those that these refer to.
void add_schemas(Json& document, const Json& schemas);

}  // namespace stockcast
