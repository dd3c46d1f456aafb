#include "net/tls_stream.hpp"

#include "net/peer_room.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_socket.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace stockcast {

using asio::ip::tcp;

namespace {

constexpr std::size_t record_max = std::size_t{16} * 1024;

/// Small pieces become one record: each costs some 30 bytes and two passes of the cipher.
bool is_worth_joining(std::span<const asio::const_buffer> pieces) {
    return pieces.size() > 1 && pieces.front().size() < record_max;
}

std::string joined(std::span<const asio::const_buffer> pieces) {
    std::string record;
    for (const auto& piece : pieces) {
        record.append(static_cast<const char*>(piece.data()), std::min(piece.size(), record_max - record.size()));
        if (record.size() == record_max) break;
    }
    return record;
}

/// What OpenSSL says of a step that did not succeed: what the socket has to be ready for, or the error.
struct Hindrance {
    std::optional<tcp::socket::wait_type> needs;
    error_code error;
};

Hindrance hindrance_of(const SSL* ssl, int result) {
    const int system_error = errno;
    switch (SSL_get_error(ssl, result)) {
        case SSL_ERROR_WANT_READ: return {tcp::socket::wait_read, {}};
        case SSL_ERROR_WANT_WRITE: return {tcp::socket::wait_write, {}};
        case SSL_ERROR_ZERO_RETURN: return {{}, asio::error::eof};
        case SSL_ERROR_SYSCALL:
            if (system_error != 0) return {{}, {system_error, asio::error::get_system_category()}};
            return {{}, asio::ssl::error::stream_truncated};
        default: break;
    }
    const auto reason = ERR_get_error();
    return {{}, {static_cast<int>(reason), asio::error::get_ssl_category()}};
}

/// One step of OpenSSL's: `int step(SSL*, std::size_t& count)`, above 0: done.
template <class Step>
Hindrance take_step(SSL* ssl, Step&& step, std::size_t& count) {
    ERR_clear_error();
    errno = 0;  // the end of TCP sets none
    const int result = step(ssl, count);
    return result > 0 ? Hindrance{} : hindrance_of(ssl, result);
}

auto reading(asio::mutable_buffer into) {
    return [into](SSL* ssl, std::size_t& count) { return SSL_read_ex(ssl, into.data(), into.size(), &count); };
}

/// `Bytes` owns them or not.
template <class Bytes>
auto writing(Bytes bytes) {
    return [bytes = std::move(bytes)](SSL* ssl, std::size_t& count) {
        return SSL_write_ex(ssl, bytes.data(), bytes.size(), &count);
    };
}

/// Reads away what still comes, up to the end of TCP. The caller bounds the time.
class Drain : public std::enable_shared_from_this<Drain> {
public:
    Drain(tcp::socket& socket, ByteStream::Done done) : socket_(socket), done_(std::move(done)) {}

    void go_on() {
        const auto slot = asio::get_associated_cancellation_slot(done_);
        auto taken = [self = shared_from_this()](error_code ec, std::size_t count) {
            self->drained_ += count;
            if (ec == asio::error::eof || self->drained_ >= drained_max)
                ec = {};
            else if (!ec)
                return self->go_on();
            std::move(self->done_)(ec, 0);
        };
        socket_.async_read_some(asio::buffer(bytes_), asio::bind_cancellation_slot(slot, std::move(taken)));
    }

private:
    static constexpr std::size_t drained_max = std::size_t{8} << 20;

    tcp::socket& socket_;
    ByteStream::Done done_;
    std::array<char, 4096> bytes_;
    std::size_t drained_ = 0;
};

}  // namespace

/// One step of OpenSSL's, tried again whenever the socket is ready for what hindered it.
template <class Step>
struct TlsStream::Attempt {
    TlsStream& stream;
    Step step;
    Done done;

    /// After a wait. With an error the stream may be gone: only `done` is touched.
    void operator()(error_code ec) {
        if (ec) return std::move(done)(ec, 0);
        std::size_t count = 0;
        const auto hindrance = take_step(stream.ssl_.get(), step, count);
        if (hindrance.needs) return wait_for(*hindrance.needs);
        std::move(done)(hindrance.error, count);
    }

    void wait_for(tcp::socket::wait_type what) {
        auto& socket = stream.socket_;
        const auto slot = asio::get_associated_cancellation_slot(done);
        socket.async_wait(what, asio::bind_cancellation_slot(slot, std::move(*this)));
    }
};

template <class Step>
void TlsStream::start(Step step, Done done) {
    Attempt<Step> attempt{*this, std::move(step), std::move(done)};
    std::size_t count = 0;
    const auto hindrance = take_step(ssl_.get(), attempt.step, count);
    if (hindrance.needs) return attempt.wait_for(*hindrance.needs);
    asio::post(get_executor(), asio::append(std::move(attempt.done), hindrance.error, count));
}

TlsStream::TlsStream(tcp::socket socket, asio::ssl::context& context)
    : socket_(std::move(socket)), ssl_(SSL_new(context.native_handle()), SSL_free) {
    if (!ssl_) throw std::bad_alloc{};
    SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_read_ahead(ssl_.get(), 1);  // a record's head and body in one recv
    tls_socket::attach(ssl_.get(), socket_.native_handle());

    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay{true}, ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = address_text(peer.address());
}

TlsStream::~TlsStream() = default;

void TlsStream::start_server_handshake(Done done) {
    SSL_set_accept_state(ssl_.get());
    start([](SSL* ssl, std::size_t&) { return SSL_do_handshake(ssl); }, std::move(done));
}

void TlsStream::start_client_handshake(const std::string& host, Done done) {
    SSL* const ssl = ssl_.get();
    error_code not_address;
    asio::ip::make_address(host, not_address);

    bool prepared = false;
    if (not_address) {
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        prepared = SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
    } else {
        prepared = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    }
    if (!prepared) {
        asio::post(get_executor(),
                   asio::append(std::move(done), error_code{asio::error::invalid_argument}, std::size_t{0}));
        return;
    }
    SSL_set_connect_state(ssl);
    start([](SSL* its_ssl, std::size_t&) { return SSL_do_handshake(its_ssl); }, std::move(done));
}

std::string TlsStream::verification_failure() const {
    const long verdict = SSL_get_verify_result(ssl_.get());
    return verdict == X509_V_OK ? std::string{} : X509_verify_cert_error_string(verdict);
}

void TlsStream::start_read(asio::mutable_buffer into, Done done) {
    if (into.size() > 0) return start(reading(into), std::move(done));

    if (SSL_has_pending(ssl_.get()) == 1)
        return asio::post(get_executor(), asio::append(std::move(done), error_code{}, std::size_t{0}));
    const auto slot = asio::get_associated_cancellation_slot(done);
    socket_.async_wait(tcp::socket::wait_read,
                       asio::bind_cancellation_slot(
                           slot, [done = std::move(done)](error_code ec) mutable { std::move(done)(ec, 0); }));
}

std::size_t TlsStream::read_now(asio::mutable_buffer into, error_code& ec) {
    std::size_t count = 0;
    ec = take_step(ssl_.get(), reading(into), count).error;
    return count;
}

void TlsStream::start_write(std::span<const asio::const_buffer> from, Done done) {
    if (is_worth_joining(from)) return start(writing(joined(from)), std::move(done));
    start(writing(from.front()), std::move(done));
}

std::size_t TlsStream::write_now(std::span<const asio::const_buffer> from) {
    const auto record = is_worth_joining(from) ? joined(from) : std::string{};
    const auto whole = record.empty() ? from.front() : asio::const_buffer{asio::buffer(record)};
    // By records, as far as the socket has room.
    auto rest = whole;
    while (rest.size() > 0) {
        std::size_t count = 0;
        const auto hindrance = take_step(ssl_.get(), writing(rest), count);
        if (hindrance.needs || hindrance.error) break;
        rest += count;
    }
    return whole.size() - rest.size();
}

void TlsStream::bound_unsent(std::size_t bytes) noexcept {
    stockcast::bound_unsent(socket_, bytes);
}

std::size_t TlsStream::unacknowledged() noexcept {
    return stockcast::unacknowledged(socket_);
}

std::chrono::milliseconds TlsStream::without_room() noexcept {
    return stockcast::without_room(socket_.native_handle());
}

void TlsStream::close() noexcept {
    error_code ignored;
    socket_.close(ignored);
}

void TlsStream::start_shutdown(Done done) {
    const auto slot = asio::get_associated_cancellation_slot(done);
    auto then_drain = [this, done = std::move(done)](error_code ec, std::size_t) mutable {
        if (ec) return std::move(done)(ec, 0);
        socket_.shutdown(tcp::socket::shutdown_send, ec);
        std::make_shared<Drain>(socket_, std::move(done))->go_on();
    };
    start(
        [](SSL* ssl, std::size_t&) {
            const int result =
                SSL_shutdown(ssl);  // 0: ours is out, the other's has not come; the end of TCP says as much
            return result == 0 ? 1 : result;
        },
        asio::bind_cancellation_slot(slot, std::move(then_drain)));
}

}  // namespace stockcast
