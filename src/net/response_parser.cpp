#include "net/response_parser.hpp"

#include "net/http_syntax.hpp"

#include "stockcast/base/asio.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>

namespace stockcast {

namespace http = boost::beast::http;
using boost_string_view = boost::beast::string_view;

namespace {

constexpr int interim_max = 8;
/// A length is only a promise: the rest grows as it comes.
constexpr std::uint64_t body_reserve_max = std::uint64_t{64} * 1024;

std::string text(boost_string_view view) {
    return {view.data(), view.size()};
}

/// Beast's grammar of a header; it never gets to see a body (see ChunkDecoder).
class HeadGrammar final : public http::basic_parser<false> {
public:
    HeadGrammar(HttpResponse& response, bool head_only) : response_(response) {
        skip(head_only);
        header_limit(std::numeric_limits<std::uint32_t>::max());  // ours is checked before
        body_limit(boost::none);                                  // ours comes after
    }

private:
    void on_request_impl(http::verb, boost_string_view, boost_string_view, int, error_code&) override {}
    void on_response_impl(int status, boost_string_view, int, error_code&) override {
        response_.status = static_cast<unsigned>(status);
    }
    void on_field_impl(http::field, boost_string_view name, boost_string_view value, error_code&) override {
        response_.fields.add(text(name), text(value));
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(boost_string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost_string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost_string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    HttpResponse& response_;
};

}  // namespace

ResponseParser::ResponseParser(HttpClientLimits limits, bool head_only)
    : limits_(limits), head_only_(head_only), chunks_(limits.body_bytes) {}

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
    std::size_t consumed = 0;
    if (stage_ == Stage::head) {
        auto head = feed_head(bytes);
        if (!head) return head;
        consumed = *head;
        bytes.remove_prefix(consumed);
    }
    switch (stage_) {
        case Stage::head:
        case Stage::complete: return consumed;
        case Stage::counted:
            bytes = bytes.substr(0, length_ - response_.body.size());
            response_.body += bytes;
            if (response_.body.size() == length_) stage_ = Stage::complete;
            return consumed + bytes.size();
        case Stage::chunked:
            consumed += chunks_.feed(bytes, response_.body);
            if (chunks_.state() == ChunkDecoder::State::malformed) return refuse(Errc::malformed, "malformed chunks");
            if (chunks_.state() == ChunkDecoder::State::too_large)
                return refuse(Errc::out_of_bounds, "the body is too large");
            if (chunks_.state() == ChunkDecoder::State::complete) stage_ = Stage::complete;
            return consumed;
        case Stage::until_end:
            if (bytes.size() > limits_.body_bytes - response_.body.size())
                return refuse(Errc::out_of_bounds, "the body is too large");
            response_.body += bytes;
            return consumed + bytes.size();
    }
    return consumed;
}

/// Beast gets the head whole, so that it never scans it twice.
Result<std::size_t> ResponseParser::feed_head(std::string_view bytes) {
    std::size_t consumed = 0;
    for (;;) {
        const auto end = bytes.find("\r\n\r\n", scanned_);
        const auto head_size = end == std::string_view::npos ? bytes.size() : end + 4;
        if (head_size > limits_.header_bytes) return refuse(Errc::out_of_bounds, "the header is too long");
        if (end == std::string_view::npos) {
            if (!std::string_view{"HTTP/"}.starts_with(bytes.substr(0, 5)))
                return refuse(Errc::malformed, "this is not an HTTP answer");
            scanned_ = bytes.size() > 3 ? bytes.size() - 3 : 0;
            return consumed;
        }

        response_ = {};
        auto parsed = parse_head(bytes.substr(0, head_size));
        if (!parsed) return parsed.error();
        scanned_ = 0;
        consumed += head_size;
        bytes.remove_prefix(head_size);
        if (response_.status / 100 != 1) return consumed;

        // 101 would leave HTTP, which we never ask for.
        if (response_.status == 101 || ++interim_ > interim_max)
            return refuse(Errc::malformed, "unexpected interim answers");
        stage_ = Stage::head;
    }
}

/// Where the body ends: RFC 9112 §6.3.
Result<void> ResponseParser::parse_head(std::string_view head) {
    HeadGrammar grammar{response_, head_only_};
    error_code ec;
    grammar.put(asio::buffer(head.data(), head.size()), ec);
    if (ec && ec != http::error::need_more) return refuse(Errc::malformed, "header: " + ec.message());
    keep_alive_ = grammar.keep_alive();

    const auto& fields = response_.fields;
    const auto status = response_.status;
    if (head_only_ || status / 100 == 1 || status == 204 || status == 304) {
        stage_ = Stage::complete;
    } else if (fields.has("Transfer-Encoding")) {
        if (!http_syntax::equal_ignoring_case(fields.get("Transfer-Encoding"), "chunked"))
            return refuse(Errc::malformed, "an unknown transfer coding");
        stage_ = Stage::chunked;
    } else if (fields.has("Content-Length")) {
        if (!http_syntax::parse_length(fields.get("Content-Length"), length_))
            return refuse(Errc::malformed, "Content-Length is malformed");
        if (length_ > limits_.body_bytes) return refuse(Errc::out_of_bounds, "the body is too large");
        response_.body.reserve(std::min<std::uint64_t>(length_, body_reserve_max));
        stage_ = length_ == 0 ? Stage::complete : Stage::counted;
    } else {
        stage_ = Stage::until_end;
        keep_alive_ = false;
    }
    return {};
}

Result<void> ResponseParser::feed_end() {
    if (stage_ == Stage::until_end) stage_ = Stage::complete;
    if (stage_ == Stage::complete) return {};
    return refuse(Errc::closed,
                  stage_ == Stage::head ? "the connection ended before an answer" : "the answer was cut off");
}

HttpResponse ResponseParser::take() {
    return std::move(response_);
}

error_code ResponseParser::refuse(Errc why, std::string detail) {
    detail_ = std::move(detail);
    return why;
}

}  // namespace stockcast
