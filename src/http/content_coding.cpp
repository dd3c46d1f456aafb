#include "http/content_coding.hpp"

#include "stockcast/net/gzip.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t worth_it = 1024;
/// Compressed at once in less time than the way to a worker and back takes; more would hold up the executor.
constexpr std::size_t at_once_max = std::size_t{4} * 1024;

bool is_text(std::string_view type) {
    return type.starts_with("text/") || type.starts_with("application/json") ||
           type.starts_with("application/problem+json") || type.starts_with("application/openapi+") ||
           type.starts_with("image/svg+xml");
}

}  // namespace

bool is_compressible(const HttpResponse& response) {
    const bool is_large = response.source || response.body.size() >= worth_it;
    return is_large && is_text(response.fields.get("Content-Type")) && !response.fields.has("Content-Encoding");
}

asio::awaitable<HttpResponse> compressed(HttpResponse response, bool takes_gzip, Workers& threads) {
    if (!is_compressible(response)) co_return response;
    auto& fields = response.fields;
    fields.add("Vary", "Accept-Encoding");
    if (!takes_gzip) co_return response;

    fields.add("Content-Encoding", "gzip");
    if (response.source)
        response.source = make_gzip_source(std::move(response.source), threads);
    else if (response.body.size() <= at_once_max)
        response.body = gzip(response.body);
    else
        response.body = co_await offload(threads, [text = std::move(response.body)] { return gzip(text); });
    co_return response;
}

}  // namespace stockcast
