#pragma once

#include "stockcast/net/http_client.hpp"
#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace stockcast {

/// One answer out of a connection's bytes, without I/O. Interim answers (1xx) are skipped.
class ResponseParser {
public:
    /// `head_only`: the answer to a HEAD, which has no body whatever its Content-Length says.
    ResponseParser(HttpClientLimits limits, bool head_only);
    ~ResponseParser();

    /// Consumes what it can of `bytes` and says how much; the rest must come again with more behind it.
    /// Errors: `malformed`, `out_of_bounds`; nothing may be fed afterwards, `detail()` says what was wrong.
    Result<std::size_t> feed(std::string_view bytes);
    /// The connection ended in order. Errors: `closed` when the answer is not complete.
    Result<void> feed_end();
    bool is_complete() const;
    bool keep_alive() const;
    const std::string& detail() const { return detail_; }
    HttpResponse take();

private:
    class Grammar;
    Result<std::size_t> feed_head(std::string_view bytes);

    HttpClientLimits limits_;
    bool head_only_;
    HttpResponse response_;
    std::unique_ptr<Grammar> grammar_;
    std::size_t scanned_ = 0;
    int interim_ = 0;
    std::string detail_;
};

}  // namespace stockcast
