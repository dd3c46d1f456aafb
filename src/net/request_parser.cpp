#include "net/request_parser.hpp"

#include "net/http_syntax.hpp"

#include "stockcast/base/asio.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>

namespace stockcast {

namespace http = boost::beast::http;
using http_syntax::equal_ignoring_case;
using boost_string_view = boost::beast::string_view;

namespace {

constexpr std::size_t fields_max = 100;
/// A length is only a promise: the rest grows as it comes.
constexpr std::uint64_t body_reserve_max = std::uint64_t{64} * 1024;
std::string_view view(boost_string_view text) {
    return {text.data(), text.size()};
}

/// `HTTP/2.0` at the end of a request line: a version, but none of ours.
bool names_a_version(std::string_view line) {
    const auto version = line.substr(std::min(line.rfind(' ') + 1, line.size()));
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
           is_digit(version[7]);
}

/// Beast's grammar of a header, writing straight into our request: its own parser would build a container of fields to
/// copy from. It never gets to see a body (see ChunkDecoder).
class HeadGrammar final : public http::basic_parser<true> {
public:
    HeadGrammar(HttpRequest& request, unsigned& version) : request_(request), version_(version) {
        header_limit(std::numeric_limits<std::uint32_t>::max());  // ours is checked before
        body_limit(boost::none);                                  // ours is set when the header has been judged
    }

private:
    void on_request_impl(http::verb, boost_string_view method, boost_string_view target, int version,
                         error_code&) override {
        request_.method = view(method);
        request_.target = view(target);
        version_ = static_cast<unsigned>(version);
    }
    void on_field_impl(http::field, boost_string_view name, boost_string_view value, error_code&) override {
        request_.fields.add(std::string{view(name)}, std::string{view(value)});
    }
    void on_response_impl(int, boost_string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(boost_string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost_string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost_string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    HttpRequest& request_;
    unsigned& version_;
};

}  // namespace

RequestParser::RequestParser(std::size_t header_bytes_max) : header_bytes_max_(header_bytes_max) {}

std::size_t RequestParser::feed(std::string_view bytes) {
    switch (state_) {
        case State::head: return feed_head(bytes);
        case State::body: return feed_body(bytes);
        case State::complete:
        case State::refused: return 0;
    }
    return 0;
}

std::size_t RequestParser::feed_head(std::string_view bytes) {
    std::size_t skipped = 0;
    // RFC 9112 §2.2: one empty line before a request comes from clients that end a body with one too many.
    if (!begun_ && !blank_line_skipped_ && bytes.starts_with("\r\n")) {
        blank_line_skipped_ = true;
        skipped = 2;
        bytes.remove_prefix(2);
    }
    if (bytes.empty() || (!begun_ && !blank_line_skipped_ && bytes == "\r")) return skipped;
    begun_ = true;
    if (!http_syntax::is_token_character(bytes.front())) {  // TLS on a plain port, say: no need to wait for a line end
        refuse(400, "this is not an HTTP request");
        return skipped;
    }

    for (;;) {
        const auto end = bytes.find('\n', scanned_);
        if (end == std::string_view::npos ? bytes.size() >= header_bytes_max_ : end >= header_bytes_max_) {
            if (lines_ == 0) refuse(414, "the request line is too long");
            if (lines_ > 0) refuse(431, "the header is too long");
            return skipped;
        }
        if (end == std::string_view::npos) return skipped;

        const auto line = bytes.substr(scanned_, end + 1 - scanned_);
        if (!check_line(line)) return skipped;
        scanned_ = end + 1;
        if (line.size() == 2) break;
        ++lines_;
    }
    const auto head = bytes.substr(0, scanned_);
    parse_head(head);
    return skipped + head.size();
}

bool RequestParser::check_line(std::string_view line) {
    if (line.size() < 2 || line[line.size() - 2] != '\r') return refuse(400, "a line ends with LF alone");
    const auto content = line.substr(0, line.size() - 2);
    if (content.find('\r') != std::string_view::npos) return refuse(400, "CR inside a line");
    if (content.find('\0') != std::string_view::npos) return refuse(400, "NUL in the header");
    if (lines_ > 0 && !content.empty() && (content.front() == ' ' || content.front() == '\t'))
        return refuse(400, "a header field is folded over several lines");
    if (lines_ > fields_max) return refuse(431, "too many header fields");
    return true;
}

void RequestParser::parse_head(std::string_view head) {
    HeadGrammar grammar{request_, version_};
    error_code ec;
    grammar.put(asio::buffer(head.data(), head.size()), ec);
    if (ec == http::error::bad_version && names_a_version(head.substr(0, head.find('\r')))) {
        refuse(505, "this server speaks HTTP/1.1");
        return;
    }
    // Beast counts a body against its own idea of framing; ours is stricter and speaks first.
    if (ec && ec != http::error::bad_content_length && ec != http::error::multiple_content_length &&
        ec != http::error::bad_transfer_encoding) {
        refuse(400, "malformed header: " + ec.message());
        return;
    }
    if (!check_framing() || !check_target()) return;
    if (ec) {
        refuse(400, "malformed header: " + ec.message());
        return;
    }
    state_ = has_body() ? State::body : State::complete;
}

bool RequestParser::check_framing() {
    const auto& fields = request_.fields;
    const auto hosts = fields.count("Host");
    if (hosts > 1) return refuse(400, "more than one Host");
    if (hosts == 0 && version_ >= 11) return refuse(400, "Host is missing");
    if (hosts == 1 && !http_syntax::is_host(fields.get("Host"))) return refuse(400, "Host is malformed");

    const auto lengths = fields.count("Content-Length");
    const auto codings = fields.count("Transfer-Encoding");
    if (lengths > 0 && codings > 0) return refuse(400, "both Content-Length and Transfer-Encoding");
    if (lengths > 1) return refuse(400, "more than one Content-Length");
    if (codings > 1) return refuse(400, "more than one Transfer-Encoding");
    if (lengths == 1) {
        std::uint64_t length = 0;
        if (!http_syntax::parse_length(fields.get("Content-Length"), length))
            return refuse(400, "Content-Length is malformed");
        length_ = length;
    }
    if (codings == 1) {
        if (version_ < 11) return refuse(400, "Transfer-Encoding in HTTP/1.0");
        if (!equal_ignoring_case(fields.get("Transfer-Encoding"), "chunked"))
            return refuse(501, "no transfer coding but chunked is known");
        chunked_ = true;
        chunks_.emplace(std::numeric_limits<std::uint64_t>::max());
    }

    // Nothing says how several Connection fields combine but that they are one list (RFC 9110 §5.3).
    bool close = false;
    bool keep = false;
    for (const auto& [name, value] : fields.all()) {
        if (!equal_ignoring_case(name, "Connection")) continue;
        close = close || http_syntax::list_has(value, "close");
        keep = keep || http_syntax::list_has(value, "keep-alive");
    }
    keep_alive_ = !close && (version_ >= 11 || keep);

    if (fields.has("Expect") && version_ >= 11) {
        if (!equal_ignoring_case(fields.get("Expect"), "100-continue"))
            return refuse(417, "no expectation but 100-continue is known");
        expects_continue_ = has_body();
    }
    return true;
}

bool RequestParser::check_target() {
    auto& target = request_.target;
    if (target.starts_with('/')) return true;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() || !equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const auto path = target.find_first_of("/?", scheme.size());
        const auto host =
            std::string_view{target}.substr(scheme.size(), path == std::string::npos ? path : path - scheme.size());
        if (!http_syntax::is_host(host)) return refuse(400, "the request target's host is malformed");
        target = path == std::string::npos ? "/" : target.substr(path);
        if (target.front() == '?') target.insert(0, "/");
        return true;
    }
    return refuse(400, "the request target is not a path");
}

void RequestParser::limit_body(std::uint64_t bytes) {
    if (length_ && *length_ > bytes) {
        refuse(413, "the body is larger than " + std::to_string(bytes) + " bytes");
        return;
    }
    if (chunked_) chunks_.emplace(bytes);
    if (length_) request_.body.reserve(std::min<std::uint64_t>(*length_, body_reserve_max));
}

std::size_t RequestParser::feed_body(std::string_view bytes) {
    if (!chunked_) {
        const auto count = std::min<std::uint64_t>(bytes.size(), *length_ - request_.body.size());
        request_.body += bytes.substr(0, count);
        if (request_.body.size() == *length_) state_ = State::complete;
        return count;
    }
    const auto count = chunks_->feed(bytes, request_.body);
    switch (chunks_->state()) {
        case ChunkDecoder::State::reading: break;
        case ChunkDecoder::State::complete: state_ = State::complete; break;
        case ChunkDecoder::State::malformed: refuse(400, "malformed chunks"); break;
        case ChunkDecoder::State::too_large: refuse(413, "the body is too large"); break;
    }
    return count;
}

bool RequestParser::refuse(unsigned status, std::string detail) {
    refusal_ = {status, std::move(detail)};
    state_ = State::refused;
    keep_alive_ = false;
    return false;
}

HttpRequest RequestParser::take() {
    HttpRequest taken = std::move(request_);
    begin_next();
    return taken;
}

void RequestParser::begin_next() {
    state_ = State::head;
    request_ = {};
    version_ = 11;
    scanned_ = 0;
    lines_ = 0;
    begun_ = false;
    blank_line_skipped_ = false;
    length_.reset();
    chunked_ = false;
    chunks_.reset();
    keep_alive_ = true;
    expects_continue_ = false;
}

}  // namespace stockcast
