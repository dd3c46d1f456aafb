#include "net/tls_certificate.hpp"
#include "net/tls_tickets.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/net/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace stockcast {

namespace {

/// Mozilla's "intermediate" list, guideline 5.7: TLS 1.2 suites (those of 1.3 are all good) and groups. Without its three
/// DHE suites: a client can demand milliseconds of our CPU with a few bytes by them (CVE-2002-20001), and whoever speaks
/// TLS 1.2 with GCM speaks ECDHE.
constexpr const char* intermediate_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* intermediate_groups = "X25519:prime256v1:secp384r1";

/// Where distributions keep their trust when OpenSSL, linked statically, was built for another one.
constexpr std::array trust_bundles{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                   "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

void harden(asio::ssl::context& context) {
    SSL_CTX* const native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_security_level(native, 2);  // no SHA-1, no RSA below 2048, whatever the system's openssl.cnf says
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection gives back 34 kB
    if (SSL_CTX_set_cipher_list(native, intermediate_ciphers) != 1 ||
        SSL_CTX_set1_groups_list(native, intermediate_groups) != 1)
        throw std::runtime_error{"OpenSSL has none of the TLS ciphers we need"};
}

/// We speak HTTP/1.1 only; a client that asks for other protocols alone is told so (RFC 7301 §3.2).
int choose_http(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                unsigned int offered_length, void*) {
    static constexpr unsigned char http[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, length, http, sizeof http - 1, offered, offered_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

[[noreturn]] void refuse(const std::string& file, const std::string& reason) {
    throw std::runtime_error{file + ": " + reason};
}

/// A certificate and its key, ready to serve.
struct Pair {
    std::shared_ptr<asio::ssl::context> context;
    Instant expires;
};

Pair load_pair(const std::string& cert_file, const std::string& key_file, const Clock& clock) {
    const auto expires = check_certificate(cert_file, clock.wall());
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    harden(*context);
    SSL_CTX* const native = context->native_handle();
    SSL_CTX_set_alpn_select_cb(native, choose_http, nullptr);
    rotate_ticket_keys(native, clock);

    error_code ec;
    context->use_certificate_chain_file(cert_file, ec);
    if (ec) refuse(cert_file, "no readable PEM certificate (" + ec.message() + ")");

    // Loading compares the key with the certificate, so a mismatch must be told apart from an unreadable file here.
    context->use_private_key_file(key_file, asio::ssl::context::pem, ec);
    if (ec && ERR_GET_REASON(static_cast<unsigned long>(ec.value())) == X509_R_KEY_VALUES_MISMATCH)
        refuse(key_file, "the key does not belong to the certificate in " + cert_file);
    if (ec) refuse(key_file, "no readable PEM private key without a passphrase (" + ec.message() + ")");
    if (SSL_CTX_check_private_key(native) != 1)
        refuse(key_file, "the key does not belong to the certificate in " + cert_file);
    return {std::move(context), expires};
}

}  // namespace

struct TlsServerContext::Impl {
    Impl(const std::string& its_cert_file, const std::string& its_key_file, const Clock& its_clock)
        : cert_file(its_cert_file), key_file(its_key_file), clock(its_clock) {}

    const std::string cert_file;
    const std::string key_file;
    const Clock& clock;
    mutable std::mutex mutex;  // reload() reads files, so it is called from a worker
    Pair current;
    std::shared_ptr<asio::ssl::context> previous;  // whoever called get() just before a reload may still be using it
};

TlsServerContext::TlsServerContext(const std::string& cert_file, const std::string& key_file, const Clock& clock)
    : impl_(std::make_unique<Impl>(cert_file, key_file, clock)) {
    impl_->current = load_pair(cert_file, key_file, clock);
}

TlsServerContext::~TlsServerContext() = default;

asio::ssl::context& TlsServerContext::get() {
    const std::scoped_lock lock{impl_->mutex};
    return *impl_->current.context;
}

std::string TlsServerContext::reload() try {
    auto fresh = load_pair(impl_->cert_file, impl_->key_file, impl_->clock);
    const std::scoped_lock lock{impl_->mutex};
    impl_->previous = std::exchange(impl_->current, std::move(fresh)).context;
    return {};
} catch (const std::exception& failure) {
    return failure.what();
}

Instant TlsServerContext::expires() const {
    const std::scoped_lock lock{impl_->mutex};
    return impl_->current.expires;
}

bool TlsServerContext::names(const std::string& host) const {
    const std::scoped_lock lock{impl_->mutex};
    X509* const certificate = SSL_CTX_get0_certificate(impl_->current.context->native_handle());
    error_code not_address;
    asio::ip::make_address(host, not_address);
    if (!not_address) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
    return X509_check_host(certificate, host.c_str(), host.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

struct TlsClientContext::Impl {
    asio::ssl::context context{asio::ssl::context::tls_client};
    std::unique_ptr<X509, void (*)(X509*)> pinned{nullptr, X509_free};
};

namespace {

/// In place of OpenSSL's own verification: the peer's certificate is the pinned one. That the peer has its key too is
/// what the handshake proves.
int is_pinned(X509_STORE_CTX* context, void* pinned) {
    const X509* const shown = X509_STORE_CTX_get0_cert(context);
    if (shown && X509_cmp(shown, static_cast<const X509*>(pinned)) == 0) return 1;
    X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
}

}  // namespace

TlsClientContext::TlsClientContext() : impl_(std::make_unique<Impl>()) {
    harden(impl_->context);
    impl_->context.set_verify_mode(asio::ssl::verify_peer);
}

std::shared_ptr<TlsClientContext> TlsClientContext::pinned_to(const std::string& cert_file) {
    const std::unique_ptr<BIO, int (*)(BIO*)> file{BIO_new_file(cert_file.c_str(), "r"), BIO_free};
    std::shared_ptr<TlsClientContext> made{new TlsClientContext};
    if (file) made->impl_->pinned.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    if (!made->impl_->pinned) refuse(cert_file, "no readable PEM certificate");
    SSL_CTX_set_cert_verify_callback(made->impl_->context.native_handle(), is_pinned, made->impl_->pinned.get());
    return made;
}

TlsClientContext::TlsClientContext(const std::string& ca_file) : TlsClientContext() {
    auto& context = impl_->context;
    error_code ec;
    if (!ca_file.empty()) {
        context.load_verify_file(ca_file, ec);
        if (ec) refuse(ca_file, "no readable PEM certificates (" + ec.message() + ")");
        return;
    }
    context.set_default_verify_paths(ec);
    for (const char* bundle : trust_bundles) {
        if (!std::filesystem::exists(bundle, ec)) continue;
        context.load_verify_file(bundle, ec);
        if (!ec) return;
    }
}

TlsClientContext::~TlsClientContext() = default;

asio::ssl::context& TlsClientContext::get() {
    return impl_->context;
}

}  // namespace stockcast
