#pragma once

#include "stockcast/http/api.hpp"
#include "stockcast/net/http_message.hpp"

#include <string_view>

namespace stockcast {

/// Whether a page of that origin is served by this server itself. The scheme can't be told where a proxy ends TLS: then
/// either is taken.
bool is_own_origin(const ApiSettings& settings, const HttpRequest& head, std::string_view origin);
/// Named in CORS_ORIGINS, letter by letter.
bool is_allowed_origin(const ApiSettings& settings, std::string_view origin);

/// What a browser needs in order to give the answer to a page of another origin; nothing for the others.
void add_cors(const ApiSettings& settings, std::string_view origin, HttpResponse& response);
/// The answer to OPTIONS, a preflight or not. `allow`: the path's methods.
HttpResponse answer_options(const ApiSettings& settings, const HttpRequest& head, std::string_view allow);

}  // namespace stockcast
