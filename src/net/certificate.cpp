#include "stockcast/net/certificate.hpp"

#include "stockcast/base/asio.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <stdexcept>

namespace stockcast {
namespace {

Instant instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return Instant::from_unix_ms(static_cast<std::int64_t>(::timegm(&parts)) * 1000);
}

}  // namespace

struct Certificate::Impl {
    std::unique_ptr<X509, void (*)(X509*)> certificate{nullptr, X509_free};
};

Certificate::Certificate(const std::string& pem_file) : impl_(std::make_unique<Impl>()) {
    const std::unique_ptr<BIO, int (*)(BIO*)> file{BIO_new_file(pem_file.c_str(), "r"), BIO_free};
    if (file) impl_->certificate.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    if (!impl_->certificate) throw std::runtime_error{pem_file + ": no readable PEM certificate"};
}

Certificate::~Certificate() = default;

Instant Certificate::begins() const {
    return instant_of(X509_get0_notBefore(impl_->certificate.get()));
}

Instant Certificate::ends() const {
    return instant_of(X509_get0_notAfter(impl_->certificate.get()));
}

bool Certificate::names(const std::string& host) const {
    error_code not_address;
    asio::ip::make_address(host, not_address);
    auto* const certificate = impl_->certificate.get();
    if (!not_address) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
    return X509_check_host(certificate, host.c_str(), host.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

}  // namespace stockcast
