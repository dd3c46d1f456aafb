#include "sim/api.hpp"

#include "stockcast/base/json.hpp"

#include <algorithm>
#include <cctype>

namespace stockcast::sim {
namespace {

bool is_partner_id(std::string_view text) {
    return text.size() >= 3 && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

bool use_up(unsigned& fault) {
    if (fault == 0) return false;
    --fault;
    return true;
}

std::string_view bearer(std::string_view authorization) {  // the Blueprint shows the bare token
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.starts_with(scheme)) authorization.remove_prefix(scheme.size());
    return authorization;
}

ApiError unauthorized() {
    return {401, "unauthorized", "The access token is invalid or has expired", {}};
}

bool equal_media_type(std::string_view field, std::string_view type) {
    field = field.substr(0, field.find(';'));
    while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
    return std::equal(field.begin(), field.end(), type.begin(), type.end(),
                      [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

}  // namespace

Api::Api(const SimulatorSettings& settings, Company& company, Subscriptions& subscriptions, const Variants& variants,
         Faults& faults, SimulatorCounts& counts, Clock& clock, Random& random)
    : settings_(settings),
      company_(company),
      subscriptions_(subscriptions),
      variants_(variants),
      faults_(faults),
      counts_(counts),
      clock_(clock),
      tokens_(random),
      quota_(settings.requests_per_minute) {}

HttpResponse Api::answer(const HttpRequest& request) {
    const auto target = Target::parse(request.target);
    ++counts_.requests[target ? endpoint_name(request, *target) : "malformed"];
    HttpResponse response = target ? judge(request, *target) : refuse(wrong_type("url"));
    const bool failed = response.status >= 400;
    if (failed) ++counts_.failed_requests;
    if (failures_.record(clock_.wall(), failed) && variants_.blocks_failing_users) faults_.blocked = true;
    return response;
}

HttpResponse Api::judge(const HttpRequest& request, const Target& target) {
    if (auto fault = faulty()) return std::move(*fault);
    const bool is_auth = target.is({"auth"}) && request.method == "POST";
    if (const auto error = check_partner(request, is_auth)) return refuse(*error);
    if (is_auth) return authenticate(request);
    if (const auto error = check_token(request)) return refuse(*error);
    if (auto refusal = check_quota()) return std::move(*refusal);
    if ((request.method == "GET" || request.method == "DELETE") && !request.body.empty()) {
        return refuse({400, "invalid_type", "A " + request.method + " request has no body", {}});
    }
    return route(request, target);
}

std::optional<HttpResponse> Api::faulty() {
    if (use_up(faults_.internal_error)) {
        return refuse({500, "unhandled_error", "An unhandled error has occurred", {}});
    }
    if (use_up(faults_.unavailable)) {
        return refuse({503, "service_unavailable", "The service is temporarily unavailable", {}});
    }
    if (use_up(faults_.html_gateway)) {
        HttpResponse answer;
        answer.status = 502;
        answer.fields.add("Content-Type", "text/html");
        answer.body =
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
            "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
        return answer;
    }
    if (use_up(faults_.gateway_json)) {
        return json_answer(500, R"({"statusCode":500,"message":"Internal server error","activityId":"7d2a"})");
    }
    if (use_up(faults_.empty_body)) return HttpResponse{};
    if (use_up(faults_.throttled)) return throttled(std::chrono::seconds{1});
    return std::nullopt;
}

std::optional<ApiError> Api::check_partner(const HttpRequest& request, bool is_auth) const {
    if (!request.fields.has("Partner-Id")) {
        if (is_auth && !variants_.auth_needs_partner_id) return std::nullopt;
        return ApiError{400, "header_required", "The header Partner-Id is required", {"Partner-Id"}};
    }
    if (request.fields.count("Partner-Id") > 1 || !is_partner_id(request.fields.get("Partner-Id"))) {
        return ApiError{400, "invalid_partner_id", "The header Partner-Id is invalid", {"Partner-Id"}};
    }
    return std::nullopt;
}

std::optional<ApiError> Api::check_token(const HttpRequest& request) {
    if (use_up(faults_.unauthorized) || faults_.blocked) return unauthorized();
    if (!tokens_.is_valid(bearer(request.fields.get("Authorization")), clock_.now())) return unauthorized();
    return std::nullopt;
}

std::optional<HttpResponse> Api::check_quota() {
    const auto wait = quota_.refuse(clock_.now(), clock_.wall(), variants_.fixed_window);
    if (!wait) return std::nullopt;
    ++counts_.quota_refusals;
    return throttled(*wait);
}

HttpResponse Api::throttled(std::chrono::nanoseconds wait) {
    const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
    std::string message = "The requests limit has been exceeded.";
    if (variants_.wait_in_body) message += " Try again in " + seconds + " seconds.";
    HttpResponse answer = refuse({429, "requests_limit", message, {}});
    if (variants_.retry_after) answer.fields.add("Retry-After", seconds);
    return answer;
}

HttpResponse Api::authenticate(const HttpRequest& request) {
    const auto body = read_body(request);
    if (!body) return refuse(body.error());
    for (const char* name : {"username", "access_key"}) {
        const Json* member = body->find(name);
        if (!member || member->is_null()) return refuse(missing(name));
        if (!member->if_string()) return refuse(wrong_type(name));
    }
    const bool known = *body->find("username")->if_string() == settings_.username &&
                       *body->find("access_key")->if_string() == settings_.access_key;
    if (!known || (faults_.blocked && variants_.block_refuses_auth)) return refuse(unauthorized());
    if (auto refusal = check_quota()) return std::move(*refusal);

    const auto lifetime = settings_.token_lifetime;
    std::string text;
    JsonObjectWriter writer{text};
    writer.string("access_token",
                  tokens_.issue(settings_.company_key, settings_.username, lifetime, clock_.now(), clock_.wall()));
    writer.number("expires_in", lifetime.count()).string("token_type", "Bearer").string("scope", "SiigoAPI");
    writer.close();
    return json_answer(variants_.auth_status, std::move(text));
}

HttpResponse Api::route(const HttpRequest& request, const Target& target) {
    const auto& method = request.method;
    const auto& path = target.path;
    if (path.size() >= 2 && path.size() <= 3 && path[0] == "v1") {
        const std::string* id = path.size() == 3 ? &path[2] : nullptr;
        if (path[1] == "products") {
            if (method == "GET" && !id) return list_products(request, target);
            if (method == "GET") return show_product(*id);
            if (method == "DELETE" && id) return delete_product(*id);
        }
        if (path[1] == "warehouses" && method == "GET" && !id) return list_warehouses();
        if (path[1] == "webhooks") {
            if (method == "GET" && !id) return list_subscriptions(request, target);
            if (method == "POST" && !id) return create_subscription(request);
            if (method == "PUT" && (!id || variants_.put_takes_path_id)) return edit_subscription(request, id);
            if (method == "DELETE" && id) return delete_subscription(*id);
        }
    }
    return refuse(no_such("resource"));
}

OrError<Json> read_body(const HttpRequest& request) {
    if (!equal_media_type(request.fields.get("Content-Type"), "application/json")) {
        return ApiError{415, "unsupported_media_type", "The content type must be application/json", {}};
    }
    auto body = parse_json(request.body);
    if (!body || !body->if_object()) return ApiError{400, "invalid_type", "The body is no valid JSON object", {}};
    return std::move(*body);
}

std::string endpoint_name(const HttpRequest& request, const Target& target) {
    constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    const bool usual = std::find(std::begin(methods), std::end(methods), request.method) != std::end(methods);
    std::string name = usual ? request.method : "OTHER";
    const auto& path = target.path;
    const bool with_id = path.size() == 3 && path[0] == "v1";
    const bool known = target.is({"auth"}) || with_id || (path.size() == 2 && path[0] == "v1");
    if (!known) return name + " other";  // whatever a client invents must not make the map grow
    name += ' ';
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool resource = path[i] == "products" || path[i] == "warehouses" || path[i] == "webhooks";
        if (i == 1 && !resource) return name.substr(0, name.find(' ')) + " other";
        name += '/' + (i == 2 ? std::string{"{id}"} : path[i]);
    }
    return name;
}

}  // namespace stockcast::sim
