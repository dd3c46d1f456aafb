#include "siigo/requests.hpp"

#include "stockcast/base/json.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace stockcast::siigo::requests {
namespace {

std::string encoded(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

std::string subscription_body(const Subscription& wanted, bool edit) {
    std::string body;
    JsonObjectWriter writer{body};
    // The documents put the id of an edit nowhere; integrations put it here (siigo-api.md).
    if (edit) writer.string("id", wanted.id);
    writer.string("application_id", wanted.application_id).string("topic", wanted.topic).string("url", wanted.url);
    if (edit) writer.boolean("active", wanted.active);
    writer.close();
    return body;
}

}  // namespace

HttpClientRequest make(const ClientSettings& settings, std::string method, std::string target, std::string body) {
    HttpClientRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.fields.add("Partner-Id", settings.partner_id);
    request.fields.add("Accept", "application/json");
    request.fields.add("User-Agent", "stockcast/" STOCKCAST_VERSION);
    if (!request.body.empty()) request.fields.add("Content-Type", "application/json");
    return request;
}

void authorize(HttpClientRequest& request, const std::string& token) {
    request.fields.set("Authorization", "Bearer " + token);
}

HttpClientRequest authenticate(const ClientSettings& settings, const std::string& path) {
    std::string body;
    JsonObjectWriter{body}.string("username", settings.username).string("access_key", settings.access_key).close();
    return make(settings, "POST", path + "/auth", std::move(body));
}

HttpClientRequest list_products(const ClientSettings& settings, const std::string& path, const ProductQuery& query) {
    std::string target =
        path + "/v1/products?page=" + std::to_string(query.page) + "&page_size=" + std::to_string(query.page_size);
    if (query.updated_start) target += "&updated_start=" + encoded(query.updated_start->to_iso_s());
    return make(settings, "GET", std::move(target));
}

HttpClientRequest get_product(const ClientSettings& settings, const std::string& path, const ProductId& id) {
    return make(settings, "GET", path + "/v1/products/" + id.to_string());
}

HttpClientRequest get_products(const ClientSettings& settings, const std::string& path,
                               const std::vector<ProductId>& ids) {
    std::string target = path + "/v1/products?ids=";
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i > 0) target += ',';  // a comma stands for itself in a query (RFC 3986 §3.4)
        target += ids[i].to_string();
    }
    return make(settings, "GET", target + "&page=1&page_size=100");
}

HttpClientRequest list_subscriptions(const ClientSettings& settings, const std::string& path, unsigned page) {
    return make(settings, "GET", path + "/v1/webhooks?page=" + std::to_string(page) + "&page_size=100");
}

HttpClientRequest create_subscription(const ClientSettings& settings, const std::string& path,
                                      const Subscription& wanted) {
    return make(settings, "POST", path + "/v1/webhooks", subscription_body(wanted, /*edit=*/false));
}

HttpClientRequest update_subscription(const ClientSettings& settings, const std::string& path,
                                      const Subscription& wanted) {
    return make(settings, "PUT", path + "/v1/webhooks", subscription_body(wanted, /*edit=*/true));
}

HttpClientRequest delete_subscription(const ClientSettings& settings, const std::string& path, std::string_view id) {
    return make(settings, "DELETE", path + "/v1/webhooks/" + encoded(id));
}

}  // namespace stockcast::siigo::requests
