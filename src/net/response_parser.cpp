#include "net/response_parser.hpp"

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

std::string text(boost_string_view view) {
    return {view.data(), view.size()};
}

}  // namespace

class ResponseParser::Grammar final : public http::basic_parser<false> {
public:
    Grammar(HttpResponse& response, const HttpClientLimits& limits, bool head_only)
        : response_(response), body_bytes_max_(limits.body_bytes) {
        header_limit(std::numeric_limits<std::uint32_t>::max());  // ours is checked before
        body_limit(limits.body_bytes);
        eager(true);
        skip(head_only);
    }

private:
    void on_request_impl(http::verb, boost_string_view, boost_string_view, int, error_code&) override {}
    void on_response_impl(int status, boost_string_view, int, error_code&) override {
        response_.status = static_cast<unsigned>(status);
    }
    void on_field_impl(http::field, boost_string_view name, boost_string_view value, error_code&) override {
        if (!head_done_) response_.fields.add(text(name), text(value));
    }
    void on_header_impl(error_code&) override { head_done_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
        if (length) response_.body.reserve(std::min<std::uint64_t>(*length, 64 * 1024));
    }
    std::size_t on_body_impl(boost_string_view piece, error_code& ec) override { return append(piece, ec); }
    void on_chunk_header_impl(std::uint64_t, boost_string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost_string_view piece, error_code& ec) override {
        return append(piece, ec);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t append(boost_string_view piece, error_code& ec) {
        if (piece.size() > body_bytes_max_ - response_.body.size()) {
            ec = http::error::body_limit;
            return 0;
        }
        response_.body.append(piece.data(), piece.size());
        return piece.size();
    }

    HttpResponse& response_;
    std::size_t body_bytes_max_;
    bool head_done_ = false;
};

ResponseParser::ResponseParser(HttpClientLimits limits, bool head_only) : limits_(limits), head_only_(head_only) {}
ResponseParser::~ResponseParser() = default;

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
    std::size_t consumed = 0;
    if (!grammar_) {
        auto head = feed_head(bytes);
        if (!head || !grammar_) return head;
        consumed = *head;
        bytes.remove_prefix(consumed);
    }
    if (grammar_->is_done() || bytes.empty()) return consumed;

    error_code ec;
    consumed += grammar_->put(asio::buffer(bytes.data(), bytes.size()), ec);
    if (!ec || ec == http::error::need_more) return consumed;
    detail_ = "body: " + ec.message();
    if (ec == http::error::body_limit) return Errc::out_of_bounds;
    return Errc::malformed;
}

/// Beast gets the head whole, so that it never scans it twice.
Result<std::size_t> ResponseParser::feed_head(std::string_view bytes) {
    std::size_t consumed = 0;
    for (;;) {
        const auto end = bytes.find("\r\n\r\n", scanned_);
        const auto head_size = end == std::string_view::npos ? bytes.size() : end + 4;
        if (head_size > limits_.header_bytes) {
            detail_ = "the header is too long";
            return Errc::out_of_bounds;
        }
        if (end == std::string_view::npos) {
            if (!bytes.empty() && !std::string_view{"HTTP/"}.starts_with(bytes.substr(0, 5))) {
                detail_ = "this is not an HTTP answer";
                return Errc::malformed;
            }
            scanned_ = bytes.size() > 3 ? bytes.size() - 3 : 0;
            return consumed;
        }

        response_ = {};
        grammar_ = std::make_unique<Grammar>(response_, limits_, head_only_);
        error_code ec;
        grammar_->put(asio::buffer(bytes.data(), head_size), ec);
        if (ec && ec != http::error::need_more) {
            detail_ = "header: " + ec.message();
            if (ec == http::error::body_limit) return Errc::out_of_bounds;
            return Errc::malformed;
        }
        scanned_ = 0;
        consumed += head_size;
        bytes.remove_prefix(head_size);
        if (response_.status / 100 != 1) return consumed;

        // 101 would leave HTTP, which we never ask for.
        if (response_.status == 101 || ++interim_ > interim_max) {
            detail_ = "unexpected interim answers";
            return Errc::malformed;
        }
        grammar_.reset();
    }
}

Result<void> ResponseParser::feed_end() {
    if (!grammar_) {
        detail_ = "the connection ended before an answer";
        return Errc::closed;
    }
    error_code ec;
    if (!grammar_->is_done()) grammar_->put_eof(ec);
    if (!ec) return {};
    detail_ = "the answer was cut off";
    return Errc::closed;
}

bool ResponseParser::is_complete() const {
    return grammar_ && grammar_->is_done();
}

bool ResponseParser::keep_alive() const {
    return grammar_ && grammar_->keep_alive() && !grammar_->need_eof();
}

HttpResponse ResponseParser::take() {
    return std::move(response_);
}

}  // namespace stockcast
