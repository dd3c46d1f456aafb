#include "http/origin.hpp"

#include <algorithm>
#include <string>

namespace stockcast {

bool is_own_origin(const ApiSettings& settings, const HttpRequest& head, std::string_view origin) {
    if (!settings.own_origin.empty()) return origin == settings.own_origin;
    const auto host = head.fields.get("Host");
    if (host.empty()) return false;
    const auto is = [&](std::string_view scheme) {
        return origin.size() == scheme.size() + host.size() && origin.starts_with(scheme) && origin.ends_with(host);
    };
    return is("https://") || (!head.secure && is("http://"));
}

bool is_allowed_origin(const ApiSettings& settings, std::string_view origin) {
    return std::find(settings.cors_origins.begin(), settings.cors_origins.end(), origin) != settings.cors_origins.end();
}

void add_cors(const ApiSettings& settings, std::string_view origin, HttpResponse& response) {
    if (settings.cors_origins.empty() || response.fields.has("Access-Control-Allow-Origin")) return;
    response.fields.add("Vary", "Origin");
    if (!is_allowed_origin(settings, origin)) return;
    response.fields.add("Access-Control-Allow-Origin", std::string{origin});
    response.fields.add("Access-Control-Expose-Headers",
                        "ETag, Link, Retry-After, Stockcast-Seq, WWW-Authenticate, X-Request-Id");
}

HttpResponse answer_options(const ApiSettings& settings, const HttpRequest& head, std::string_view allow) {
    HttpResponse response;
    response.status = 204;
    response.fields.add("Allow", std::string{allow});
    if (is_allowed_origin(settings, head.fields.get("Origin")) && head.fields.has("Access-Control-Request-Method")) {
        response.fields.add("Access-Control-Allow-Methods", std::string{allow});
        response.fields.add("Access-Control-Allow-Headers",
                            "Authorization, Content-Type, Accept, If-None-Match, Last-Event-ID");
        response.fields.add("Access-Control-Max-Age", "600");
    }
    return response;
}

}  // namespace stockcast
