#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/net/http_message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace stockcast {

/// Whether the client takes `gzip`, and no less gladly than the body as it is (RFC 9110 §12.5.3: q-values, `*`,
/// `identity`, several fields as one list). A member that can't be read counts for nothing.
bool accepts_gzip(const HttpFields& fields);

/// `text` as one gzip member (RFC 1952). Takes about 15 ms a megabyte: beyond some kilobytes, on a worker.
std::string gzip(std::string_view text);

/// `inner`'s body as gzip, each piece compressed on `workers`. Ends with an error where `inner` does, without gzip's end.
std::shared_ptr<BodySource> make_gzip_source(std::shared_ptr<BodySource> inner, Workers& workers);

}  // namespace stockcast
