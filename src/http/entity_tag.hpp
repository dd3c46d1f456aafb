#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/net/http_message.hpp"

#include <string>
#include <string_view>

namespace stockcast {

/// A weak tag (the coding of the bytes may differ) that names `content`: `W/"…"`.
std::string entity_tag_of(std::string_view content);

/// Whether If-None-Match names `tag` (RFC 9110 §13.1.2: weakly compared; `*` names any).
bool is_named(std::string_view if_none_match, std::string_view tag);

/// The answer to a GET that was 200, with its ETag: the handler's own, else one made of the body, on `threads` if that is
/// long. 304 without a body where the client has it already.
asio::awaitable<HttpResponse> tagged(HttpResponse response, std::string if_none_match, Workers& threads);

}  // namespace stockcast
