#include "net/tls_stream.hpp"

#include "net/tcp_stream.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/container/static_vector.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace stockcast {

namespace {

/// ssl::stream joins up to 8 kB of a sequence into one record; more buffers than this can't be in it anyway.
constexpr std::size_t gathered_max = 8;
using Gathered = boost::container::static_vector<asio::const_buffer, gathered_max>;

/// `done` for an operation that reports an error only, with its cancellation slot kept.
auto without_count(ByteStream::Done done) {
    const auto slot = asio::get_associated_cancellation_slot(done);
    return asio::bind_cancellation_slot(slot,
                                        [done = std::move(done)](error_code ec) mutable { std::move(done)(ec, 0); });
}

/// Reads away what the other end still sends after our goodbye, up to its end of TCP: closing with bytes unread would
/// reset the connection, and the reset can overtake the last answer. The caller bounds the time.
class Drain : public std::enable_shared_from_this<Drain> {
public:
    Drain(asio::ip::tcp::socket& socket, ByteStream::Done done) : socket_(socket), done_(std::move(done)) {}

    void go_on() {
        socket_.async_read_some(asio::buffer(bytes_), [self = shared_from_this()](error_code ec, std::size_t count) {
            self->drained_ += count;
            if (ec || self->drained_ >= drained_max) return std::move(self->done_)(ec, 0);
            self->go_on();
        });
    }

private:
    static constexpr std::size_t drained_max = std::size_t{8} << 20;

    asio::ip::tcp::socket& socket_;
    ByteStream::Done done_;
    std::array<char, 4096> bytes_;
    std::size_t drained_ = 0;
};

}  // namespace

TlsStream::TlsStream(asio::ip::tcp::socket socket, asio::ssl::context& context) : tls_(std::move(socket), context) {
    error_code ignored;
    tls_.next_layer().set_option(asio::ip::tcp::no_delay{true}, ignored);
    const auto peer = tls_.next_layer().remote_endpoint(ignored);
    if (!ignored) peer_ = address_text(peer.address());
}

void TlsStream::start_server_handshake(Done done) {
    tls_.async_handshake(asio::ssl::stream_base::server, without_count(std::move(done)));
}

void TlsStream::start_client_handshake(const std::string& host, Done done) {
    SSL* const ssl = tls_.native_handle();
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
    tls_.async_handshake(asio::ssl::stream_base::client, without_count(std::move(done)));
}

std::string TlsStream::verification_failure() const {
    auto& tls = const_cast<asio::ssl::stream<asio::ip::tcp::socket>&>(tls_);  // native_handle() is not const
    const long verdict = SSL_get_verify_result(tls.native_handle());
    return verdict == X509_V_OK ? std::string{} : X509_verify_cert_error_string(verdict);
}

void TlsStream::start_read(asio::mutable_buffer into, Done done) {
    tls_.async_read_some(into, std::move(done));
}

void TlsStream::start_write(std::span<const asio::const_buffer> from, Done done) {
    if (from.size() == 1) return tls_.async_write_some(from.front(), std::move(done));
    tls_.async_write_some(Gathered(from.begin(), from.begin() + std::min(from.size(), gathered_max)), std::move(done));
}

void TlsStream::close() noexcept {
    error_code ignored;
    tls_.next_layer().close(ignored);
}

void TlsStream::start_shutdown(Done done) {
    const auto slot = asio::get_associated_cancellation_slot(done);
    auto said = [this, done = std::move(done)](error_code ec) mutable {
        // Our goodbye is out; the other end was still in the middle of a request, which is no TLS error of ours.
        if (ec.category() != asio::error::get_ssl_category()) return std::move(done)(ec, 0);
        tls_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
        std::make_shared<Drain>(tls_.next_layer(), std::move(done))->go_on();
    };
    tls_.async_shutdown(asio::bind_cancellation_slot(slot, std::move(said)));
}

}  // namespace stockcast
