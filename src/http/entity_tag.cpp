#include "http/entity_tag.hpp"

#include "http/base64url.hpp"
#include "http/content_coding.hpp"
#include "http/digest.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t digest_bytes = 12;  ///< of SHA-256's 32: nobody gains by finding two answers alike
/// Digested in less time than the way to a thread and back takes.
constexpr std::size_t at_once_max = std::size_t{32} * 1024;

std::string_view without_weakness(std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag;
}

}  // namespace

std::string entity_tag_of(std::string_view content) {
    return "W/\"" + to_base64url(std::string_view{sha256_of(content)}.substr(0, digest_bytes)) + "\"";
}

bool is_named(std::string_view if_none_match, std::string_view tag) {
    if (trimmed(if_none_match) == "*") return true;
    // Our tags hold no comma, so whatever a strange one is cut into matches none of them.
    while (!if_none_match.empty()) {
        const auto comma = std::min(if_none_match.find(','), if_none_match.size());
        if (without_weakness(trimmed(if_none_match.substr(0, comma))) == without_weakness(tag)) return true;
        if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
    }
    return false;
}

asio::awaitable<HttpResponse> tagged(HttpResponse response, std::string if_none_match, Workers& threads) {
    if (response.status != 200) co_return response;
    if (!response.fields.has("ETag")) {
        if (response.source) co_return response;
        const std::string_view body = response.body;
        const auto make = [body] { return entity_tag_of(body); };
        response.fields.add("ETag", body.size() <= at_once_max ? make() : co_await offload(threads, make));
    }
    if (!is_named(if_none_match, response.fields.get("ETag"))) co_return response;

    HttpResponse same;
    same.status = 304;
    for (const auto& [name, value] : response.fields.all())
        if (name != "Content-Type" && name != "Content-Disposition") same.fields.add(name, value);
    if (is_compressible(response)) same.fields.add("Vary", "Accept-Encoding");
    co_return same;
}

}  // namespace stockcast
