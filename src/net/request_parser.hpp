#pragma once

#include "net/chunk_decoder.hpp"

#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// One request out of a connection's bytes, without I/O. Beast's parser does the header's grammar; what it lets pass
/// but a proxy might read otherwise is refused here (RFC 9112 §2.2, §5.2, §6.1, §11.2): bare LF or CR, obs-fold, control
/// characters, two lengths, length and chunks together, another coding than `chunked`, a missing or second Host. An
/// absolute target becomes a path, its authority the Host; the target of `OPTIONS` may be `*`.
class RequestParser {
public:
    enum class State {
        head,      ///< the header is not complete yet
        body,      ///< it is, and a body follows: judge it, set the limit, feed on
        complete,  ///< all there: take()
        refused,   ///< see refusal(); feed nothing more, the connection has to end
    };
    struct Refusal {
        unsigned status = 400;
        std::string detail;
    };

    explicit RequestParser(std::size_t header_bytes_max);

    /// Consumes what it can of `bytes` and says how much; an unfinished header must come again with more behind it
    /// (never more than `header_bytes_max` at once). Stops at the end of the header, so that it can be judged first.
    std::size_t feed(std::string_view bytes);
    State state() const { return state_; }
    /// Whether the first byte of a request has come.
    bool has_begun() const { return begun_; }

    /// From State::body on; what is known of it where it was refused.
    HttpRequest& request() { return request_; }
    std::optional<std::uint64_t> content_length() const { return length_; }  ///< absent: none, or chunked
    bool is_chunked() const { return chunked_; }
    bool has_body() const { return chunked_ || length_.value_or(0) > 0; }
    bool keep_alive() const { return keep_alive_; }
    bool is_http_1_0() const { return version_ < 11; }
    bool expects_continue() const { return expects_continue_; }
    /// In State::body, before its first byte; else nothing bounds it. A larger one is refused with 413, at once where
    /// its length is said.
    void limit_body(std::uint64_t bytes);

    const Refusal& refusal() const { return refusal_; }
    /// In State::complete. The parser is then ready for the next request.
    HttpRequest take();
    /// Forgets the request, its body unread; the caller skips that.
    void begin_next();

private:
    std::size_t feed_head(std::string_view bytes);
    std::size_t feed_body(std::string_view bytes);
    bool check_line(std::string_view line);
    void parse_head(std::string_view head);
    struct Framing;
    bool check_framing();
    bool check_coding(std::string_view codings);
    bool check_target();
    bool refuse(unsigned status, std::string detail);  ///< always false

    std::size_t header_bytes_max_;
    State state_ = State::head;
    Refusal refusal_;
    HttpRequest request_;
    unsigned version_ = 11;

    std::size_t scanned_ = 0;  ///< of the head, whole lines that were checked
    std::size_t lines_ = 0;
    bool begun_ = false;
    bool blank_line_skipped_ = false;

    std::optional<std::uint64_t> length_;
    bool chunked_ = false;
    std::optional<ChunkDecoder> chunks_;  ///< of a chunked body
    bool keep_alive_ = true;
    bool expects_continue_ = false;
};

}  // namespace stockcast
