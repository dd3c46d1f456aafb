#include "net/tls_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <stdexcept>

namespace stockcast {

namespace {

constexpr int security_bits_min = 112;

[[noreturn]] void refuse(const std::string& file, const std::string& reason) {
    throw std::runtime_error{file + ": " + reason};
}

Instant instant_of(const std::string& file, const ASN1_TIME* at) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(at, &parts) != 1) refuse(file, "the certificate's validity can't be read");
    return Instant::from_unix_ms(static_cast<std::int64_t>(timegm(&parts)) * 1000);
}

std::unique_ptr<X509, decltype(&X509_free)> read_first(const std::string& file) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes{BIO_new_file(file.c_str(), "r"), BIO_free};
    X509* const certificate = bytes ? PEM_read_bio_X509_AUX(bytes.get(), nullptr, nullptr, nullptr) : nullptr;
    if (certificate == nullptr) refuse(file, "no readable PEM certificate");
    return {certificate, X509_free};
}

}  // namespace

Instant check_certificate(const std::string& cert_file, Instant now) {
    const auto certificate = read_first(cert_file);
    const auto from = instant_of(cert_file, X509_get0_notBefore(certificate.get()));
    const auto to = instant_of(cert_file, X509_get0_notAfter(certificate.get()));
    if (now > to) refuse(cert_file, "the certificate has expired (" + to.to_iso_s() + ")");
    if (now < from) refuse(cert_file, "the certificate is not valid yet (from " + from.to_iso_s() + ")");

    const EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
    if (key == nullptr) refuse(cert_file, "the certificate's key is of a kind that is not known");
    if (EVP_PKEY_get_security_bits(key) < security_bits_min)
        refuse(cert_file, "the certificate's key is too weak (" + std::to_string(EVP_PKEY_get_bits(key)) +
                              " bits; at least RSA with 2048 or P-256)");
    return to;
}

}  // namespace stockcast
