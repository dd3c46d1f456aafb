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

/// A minor version above ours is read as ours (RFC 9110 §6.2); Beast knows 1.0 and 1.1 only. Empty: nothing to change.
std::string with_our_minor_version(std::string_view head) {
    const auto line = head.substr(0, head.find('\r'));
    if (!names_a_version(line) || line[line.size() - 3] != '1' || line.back() < '2') return {};
    std::string changed{head};
    changed[line.size() - 1] = '1';
    return changed;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
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
    if (std::any_of(content.begin(), content.end(), is_control))
        return refuse(400, "a control character in the header");
    if (lines_ > 0 && !content.empty() && (content.front() == ' ' || content.front() == '\t'))
        return refuse(400, "a header field is folded over several lines");
    if (lines_ > fields_max) return refuse(431, "too many header fields");
    return true;
}

void RequestParser::parse_head(std::string_view head) {
    HeadGrammar grammar{request_, version_};
    error_code ec;
    const std::string changed = with_our_minor_version(head);
    if (!changed.empty()) head = changed;
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

/// What the fields say that decides about the connection and the body, gathered in one go.
struct RequestParser::Framing {
    unsigned hosts = 0, lengths = 0, codings = 0, authorizations = 0, types = 0, origins = 0;
    std::string_view host, length, coding;
    bool close = false;
    bool keep = false;
    bool expects = false;
    bool expects_else = false;

    void take(std::string_view name, std::string_view value) {
        const auto is = [&](std::string_view other) { return equal_ignoring_case(name, other); };
        switch (name.size()) {
            case 4:
                if (is("Host")) ++hosts, host = value;
                break;
            case 6:
                if (is("Origin")) ++origins;
                if (is("Expect")) (equal_ignoring_case(value, "100-continue") ? expects : expects_else) = true;
                break;
            case 10:
                // Nothing says how several Connection fields combine but that they are one list (RFC 9110 §5.3).
                if (!is("Connection")) break;
                close = close || http_syntax::list_has(value, "close");
                keep = keep || http_syntax::list_has(value, "keep-alive");
                break;
            case 12:
                if (is("Content-Type")) ++types;
                break;
            case 13:
                if (is("Authorization")) ++authorizations;
                break;
            case 14:
                if (is("Content-Length")) ++lengths, length = value;
                break;
            case 17:
                if (is("Transfer-Encoding")) ++codings, coding = value;
                break;
            default: break;
        }
    }
};

bool RequestParser::check_framing() {
    Framing said;
    for (const auto& [name, value] : request_.fields.all()) said.take(name, value);

    if (said.hosts > 1) return refuse(400, "more than one Host");
    if (said.hosts == 0 && version_ >= 11) return refuse(400, "Host is missing");
    if (said.hosts == 1 && !http_syntax::is_host(said.host)) return refuse(400, "Host is malformed");
    // Each of these has one value (RFC 9110 §5.3); who judges the first and who the second is nobody's to guess.
    if (said.authorizations > 1) return refuse(400, "more than one Authorization");
    if (said.types > 1) return refuse(400, "more than one Content-Type");
    if (said.origins > 1) return refuse(400, "more than one Origin");

    if (said.lengths > 0 && said.codings > 0) return refuse(400, "both Content-Length and Transfer-Encoding");
    if (said.lengths > 1) return refuse(400, "more than one Content-Length");
    if (said.codings > 1) return refuse(400, "more than one Transfer-Encoding");
    if (said.lengths == 1) {
        std::uint64_t length = 0;
        if (!http_syntax::parse_length(said.length, length)) return refuse(400, "Content-Length is malformed");
        length_ = length;
    }
    if (said.codings == 1 && !check_coding(said.coding)) return false;

    keep_alive_ = !said.close && (version_ >= 11 || said.keep);
    if (version_ >= 11) {  // RFC 9110 §10.1.1: 1.0 is not asked
        if (said.expects_else) return refuse(417, "no expectation but 100-continue is known");
        expects_continue_ = said.expects && has_body();
    }
    return true;
}

/// RFC 9112 §6.1, §6.3: where `chunked` is not the last coding there is no telling where the body ends; where it is, the
/// others are ours to know or not.
bool RequestParser::check_coding(std::string_view codings) {
    if (version_ < 11) return refuse(400, "Transfer-Encoding in HTTP/1.0");
    if (!equal_ignoring_case(codings, "chunked")) {
        const auto comma = codings.rfind(',');
        const auto last = http_syntax::trim(codings.substr(comma == std::string_view::npos ? 0 : comma + 1));
        if (!equal_ignoring_case(last, "chunked")) return refuse(400, "the last transfer coding is not chunked");
        if (http_syntax::list_has(codings.substr(0, comma), "chunked")) return refuse(400, "chunked twice");
        return refuse(501, "no transfer coding but chunked is known");
    }
    chunked_ = true;
    chunks_.emplace(std::numeric_limits<std::uint64_t>::max());
    return true;
}

bool RequestParser::check_target() {
    auto& target = request_.target;
    if (target.find('#') != std::string::npos) return refuse(400, "a fragment in the request target");
    if (target.starts_with('/')) return true;
    if (request_.method == "CONNECT") return refuse(501, "this server is no proxy");
    const bool asks_of_server = request_.method == "OPTIONS";
    if (target == "*" && asks_of_server) return true;

    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() || !equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const auto path = target.find_first_of("/?", scheme.size());
        auto host = target.substr(scheme.size(), path == std::string::npos ? path : path - scheme.size());
        if (!http_syntax::is_host(host)) return refuse(400, "the request target's host is malformed");
        request_.fields.set("Host", std::move(host));  // RFC 9112 §3.2.2: whatever Host said
        if (path == std::string::npos)
            target = asks_of_server ? "*" : "/";
        else
            target.erase(0, path);
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
