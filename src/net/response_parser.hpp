#pragma once

#include "net/chunk_decoder.hpp"

#include "stockcast/net/http_client.hpp"
#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// One answer out of a connection's bytes, without I/O. Interim answers (1xx) are skipped.
class ResponseParser {
public:
    /// `head_only`: the answer to a HEAD, which has no body whatever its Content-Length says.
    ResponseParser(HttpClientLimits limits, bool head_only);

    /// Consumes what it can of `bytes` and says how much; an unfinished header must come again with more behind it.
    /// Errors: `malformed`, `out_of_bounds`; nothing may be fed afterwards, `detail()` says what was wrong.
    Result<std::size_t> feed(std::string_view bytes);
    /// The connection ended in order. Errors: `closed` when the answer is not complete.
    Result<void> feed_end();
    bool is_complete() const { return stage_ == Stage::complete; }
    /// Whether the connection can carry another request, once this answer is complete.
    bool keep_alive() const { return keep_alive_; }
    const std::string& detail() const { return detail_; }
    HttpResponse take();

private:
    enum class Stage { head, counted, chunked, until_end, complete };

    Result<std::size_t> feed_head(std::string_view bytes);
    Result<void> parse_head(std::string_view head);
    error_code refuse(Errc why, std::string detail);

    HttpClientLimits limits_;
    bool head_only_;
    HttpResponse response_;
    Stage stage_ = Stage::head;
    std::uint64_t length_ = 0;
    ChunkDecoder chunks_;
    bool keep_alive_ = false;
    std::size_t scanned_ = 0;
    int interim_ = 0;
    std::string detail_;
};

}  // namespace stockcast
