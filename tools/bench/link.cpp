#include "bench/link.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace stockcast::bench {
namespace {

std::shared_ptr<SSL_CTX> tls_context(const std::string& ca_file) {
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    if (!context) throw std::runtime_error("OpenSSL gives no context");
    // Thousands of them: no buffers while nothing comes, and what is unsent may move.
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (ca_file.empty()) return context;
    if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1)
        throw std::runtime_error(ca_file + " holds no certificate in PEM");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

/// What is between this moment and a result is only waiting, or it is an end.
void require_waiting(SSL* ssl, int result) {
    const int error = SSL_get_error(ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
    if (const auto verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK)
        throw std::runtime_error(std::string{"the server's certificate: "} + X509_verify_cert_error_string(verdict));
    throw ConnectionClosed{};
}

}  // namespace

Target target_of(const HttpUrl& url, const std::string& ca_file) {
    Target target{look_up(url.endpoint), url.endpoint.host, url.host_field(), nullptr};
    if (!url.endpoint.secure) return target;
    if (ca_file.empty() && !is_loopback(target.address))
        throw std::runtime_error(url.endpoint.host + " is not on this machine: name with --ca what is trusted");
    target.tls = tls_context(ca_file);
    return target;
}

void Link::FreeSsl::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

Link::Link(const Target& target, const Settings& settings)
    : socket_(::socket(target.address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int fd = socket_.get();
    if (fd < 0) fail("socket");
    const int on = 1;
    if (::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) fail("TCP_NODELAY");
    if (settings.receive_buffer > 0 &&
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &settings.receive_buffer, sizeof settings.receive_buffer) != 0)
        fail("SO_RCVBUF");
    bind_to_source(fd, target.address, settings.client);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&target.address.storage), target.address.size) != 0)
        fail("connect");
    if (::ioctl(fd, FIONBIO, &on) != 0) fail("FIONBIO");

    if (target.tls) {
        ssl_.reset(SSL_new(target.tls.get()));
        if (!ssl_ || SSL_set_fd(ssl_.get(), fd) != 1) throw std::runtime_error("OpenSSL gives no connection");
        SSL_set_connect_state(ssl_.get());
        // A name is told and compared; an address only compared (RFC 6066 §3).
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), target.host.c_str()) != 1) {
            SSL_set_tlsext_host_name(ssl_.get(), target.host.c_str());
            SSL_set1_host(ssl_.get(), target.host.c_str());
        }
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = settings.tag;
    if (::epoll_ctl(settings.epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

void Link::write(std::string_view bytes) {
    if (unsent_.empty() && !ssl_) {
        const auto taken = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (taken < 0 && errno != EAGAIN) throw ConnectionClosed{};
        if (taken > 0) bytes.remove_prefix(static_cast<std::size_t>(taken));
        if (bytes.empty()) return;
    }
    unsent_ += bytes;
    flush();
}

void Link::flush() {
    ERR_clear_error();
    while (!unsent_.empty()) {
        const auto taken = ssl_ ? SSL_write(ssl_.get(), unsent_.data(), static_cast<int>(unsent_.size()))
                                : ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        if (taken <= 0) {
            if (ssl_) return require_waiting(ssl_.get(), static_cast<int>(taken));
            if (errno == EAGAIN) return;
            throw ConnectionClosed{};
        }
        unsent_.erase(0, static_cast<std::size_t>(taken));
    }
    unsent_.shrink_to_fit();
}

std::size_t Link::read(std::span<char> into) {
    if (!unsent_.empty()) flush();
    if (!ssl_) {
        const auto got = ::recv(socket_.get(), into.data(), into.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
        if (got <= 0) throw ConnectionClosed{};
        return static_cast<std::size_t>(got);
    }
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size()));
    if (got > 0) return static_cast<std::size_t>(got);
    require_waiting(ssl_.get(), got);
    if (!unsent_.empty()) flush();  // the handshake may just have ended
    return 0;
}

}  // namespace stockcast::bench
