#pragma once

#include "stockcast/net/http_client.hpp"
#include "stockcast/siigo/client.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The requests that SIIGO is sent, as siigo-api.md has them. Pure. `path` is what SIIGO_BASE_URL has behind its host.
namespace stockcast::siigo::requests {

/// Partner-Id, Accept, User-Agent; and Content-Type where there is a body. Never a body on GET or DELETE.
HttpClientRequest make(const ClientSettings& settings, std::string method, std::string target, std::string body = {});
void authorize(HttpClientRequest& request, const std::string& token);

HttpClientRequest authenticate(const ClientSettings& settings, const std::string& path);
HttpClientRequest list_products(const ClientSettings& settings, const std::string& path, const ProductQuery& query);
HttpClientRequest get_product(const ClientSettings& settings, const std::string& path, const ProductId& id);
HttpClientRequest get_products(const ClientSettings& settings, const std::string& path,
                               const std::vector<ProductId>& ids);
/// SIIGO's pages, in the listing of subscriptions too, hold at most 100 rows.
HttpClientRequest list_subscriptions(const ClientSettings& settings, const std::string& path, unsigned page);
HttpClientRequest create_subscription(const ClientSettings& settings, const std::string& path,
                                      const Subscription& wanted);
HttpClientRequest update_subscription(const ClientSettings& settings, const std::string& path,
                                      const Subscription& wanted);
HttpClientRequest delete_subscription(const ClientSettings& settings, const std::string& path, std::string_view id);

}  // namespace stockcast::siigo::requests
