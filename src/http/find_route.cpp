#include "http/route.hpp"

#include <algorithm>

namespace stockcast {

bool matches(std::string_view pattern, std::string_view path, Found& found) {
    found.argument_count = 0;
    for (;;) {
        const auto literal = std::min(pattern.find('{'), pattern.size());
        if (path.substr(0, literal) != pattern.substr(0, literal)) return false;
        pattern.remove_prefix(literal);
        path.remove_prefix(literal);
        if (pattern.empty()) return path.empty();

        const auto argument = path.substr(0, path.find('/'));
        if (argument.empty() || found.argument_count == Found::arguments_max) return false;
        found.arguments[found.argument_count++] = argument;
        path.remove_prefix(argument.size());
        pattern.remove_prefix(pattern.find('}') + 1);
    }
}

Found find_route(std::string_view method, std::string_view path) {
    const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
    for (const auto& route : routes()) {
        Found found;
        if (route.method != wanted || !matches(route.pattern, path, found)) continue;
        found.route = &route;
        return found;
    }
    Found none;
    for (const auto& route : routes()) {
        Found ignored;
        const bool is_asked_of_server = path == "*";  // RFC 9110 §9.3.7: whatever any path takes
        if (!is_asked_of_server && !matches(route.pattern, path, ignored)) continue;
        if (none.allow.find(route.method) != std::string::npos) continue;
        none.allow.append(route.method).append(route.method == "GET" ? ", HEAD, " : ", ");
    }
    if (!none.allow.empty()) none.allow += "OPTIONS";
    return none;
}

}  // namespace stockcast
