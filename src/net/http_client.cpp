#include "stockcast/net/http_client.hpp"

#include "net/response_parser.hpp"
#include "net/stream_io.hpp"

#include "stockcast/base/event.hpp"
#include "stockcast/base/within.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace stockcast {

namespace {

constexpr std::size_t read_bytes = std::size_t{16} * 1024;

bool is_idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

bool carries_body(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "DELETE";
}

std::string head_of_request(const HttpClientRequest& request, std::string_view host) {
    std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
    append_field(head, "Host", host);
    for (const auto& [name, value] : request.fields.all()) append_field(head, name, value);
    if (carries_body(request.method)) append_field(head, "Content-Length", std::to_string(request.body.size()));
    head += "\r\n";
    return head;
}

/// What an attempt has come to, kept outside of it: a deadline may end the attempt at any point.
struct Progress {
    bool kept = false;      ///< over a connection that had been used before
    bool sent = false;      ///< at least part of the request left us
    bool answered = false;  ///< at least a byte of an answer came
    std::string detail;
};

}  // namespace

struct HttpClient::Impl {
    Connector& connector;
    Endpoint endpoint;
    std::string host_field;
    HttpClientLimits limits;
    Clock& clock;

    std::unique_ptr<ByteStream> stream;  ///< kept between exchanges
    bool busy = false;
    std::optional<Event> freed;  ///< made with the first one who has to wait

    asio::awaitable<Result<void>> take_turn(Steady deadline) {
        while (busy) {
            if (!freed) freed.emplace(co_await asio::this_coro::executor);
            auto waited = co_await within(clock, deadline, freed->wait());
            if (!waited) co_return waited;
        }
        busy = true;
        co_return Result<void>{};
    }

    /// Gives the connection to the next one however the exchange ends.
    struct Turn {
        Impl& impl;
        explicit Turn(Impl& its_impl) : impl(its_impl) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            impl.busy = false;
            if (impl.freed) impl.freed->notify_all();
        }
    };

    asio::awaitable<Result<HttpResponse>> attempt(const HttpClientRequest& request, Steady deadline,
                                                  Progress& progress) {
        progress.kept = stream != nullptr;
        if (!stream) {
            auto connected = co_await connector.connect(endpoint, deadline);
            if (!connected) {
                progress.detail = "no connection: " + connected.error().message();
                co_return connected.error();
            }
            stream = std::move(*connected);
        }
        auto answer = co_await within(clock, deadline, converse(request, progress));
        if (!answer) stream.reset();
        co_return answer;
    }

    asio::awaitable<Result<HttpResponse>> converse(const HttpClientRequest& request, Progress& progress) {
        auto sent = co_await send(request, progress);
        // A server that refuses early answers and closes while we still send: its answer is worth more than our error.
        if (!sent && (sent.error() != Errc::closed || !progress.sent)) co_return sent.error();
        co_return co_await receive(request.method == "HEAD", progress);
    }

    asio::awaitable<Result<void>> send(const HttpClientRequest& request, Progress& progress) {
        const std::string head = head_of_request(request, host_field);
        std::array<asio::const_buffer, 2> rest{asio::buffer(head)};
        if (carries_body(request.method)) rest[1] = asio::buffer(request.body);
        while (rest[0].size() + rest[1].size() > 0) {
            const std::span<const asio::const_buffer> unsent =
                rest[0].size() > 0 ? std::span<const asio::const_buffer>{rest}
                                   : std::span<const asio::const_buffer>{rest}.subspan(1);
            auto [ec, count] = co_await stream_io::write(*stream, unsent, as_value);
            if (ec) {
                progress.detail = "sending: " + ec.message();
                co_return stream_io::rename(ec);
            }
            progress.sent = true;
            const auto of_head = std::min(count, rest[0].size());
            rest[0] += of_head;
            rest[1] += count - of_head;
        }
        co_return Result<void>{};
    }

    asio::awaitable<Result<HttpResponse>> receive(bool head_only, Progress& progress) {
        ResponseParser parser{limits, head_only};
        std::string unread;
        while (!parser.is_complete()) {
            const auto held = unread.size();
            unread.resize(held + read_bytes);
            auto [ec, count] =
                co_await stream_io::read(*stream, asio::buffer(unread.data() + held, read_bytes), as_value);
            unread.resize(held + count);

            if (ec == asio::error::eof) {  // the only end of a connection that may also end an answer
                auto ended = parser.feed_end();
                if (ended) break;
                progress.detail = parser.detail();
                co_return ended.error();
            }
            if (ec) {
                progress.detail = "reading: " + ec.message();
                co_return stream_io::rename(ec);
            }
            progress.answered = true;
            auto consumed = parser.feed(unread);
            if (!consumed) {
                progress.detail = parser.detail();
                co_return consumed.error();
            }
            unread.erase(0, *consumed);
        }
        // Bytes behind the answer belong to nothing that was asked.
        if (!parser.keep_alive() || !unread.empty()) stream.reset();
        co_return parser.take();
    }
};

HttpClient::HttpClient(Connector& connector, Endpoint endpoint, std::string host_field, HttpClientLimits limits,
                       Clock& clock)
    : impl_(new Impl{connector, std::move(endpoint), std::move(host_field), limits, clock, {}, false, {}}) {}

HttpClient::~HttpClient() = default;

asio::awaitable<boost::system::result<HttpResponse, HttpClientFailure>> HttpClient::exchange(HttpClientRequest request,
                                                                                             Steady deadline) {
    auto turn = co_await impl_->take_turn(deadline);
    if (!turn)
        co_return HttpClientFailure{turn.error() == Errc::stopping ? Errc::stopping : Errc::timed_out, false,
                                    "waiting for the connection"};

    const Impl::Turn its_turn{*impl_};

    Progress progress;
    auto answer = co_await impl_->attempt(request, deadline, progress);
    const bool was_dead = !answer && answer.error() == Errc::closed && progress.kept && !progress.answered;
    if (was_dead && impl_->limits.repeat_on_dead_connection && is_idempotent(request.method)) {
        const bool sent_before = progress.sent;
        progress = {};
        answer = co_await impl_->attempt(request, deadline, progress);
        progress.sent = progress.sent || sent_before;
    }
    if (answer) co_return std::move(*answer);

    Errc reason = Errc::closed;
    for (const auto named : {Errc::stopping, Errc::timed_out, Errc::malformed, Errc::out_of_bounds})
        if (answer.error() == named) reason = named;
    if (progress.detail.empty()) progress.detail = answer.error().message();
    co_return HttpClientFailure{reason, progress.sent, std::move(progress.detail)};
}

void HttpClient::close() {
    if (!impl_->busy) return impl_->stream.reset();
    if (impl_->stream) impl_->stream->close();
}

}  // namespace stockcast
