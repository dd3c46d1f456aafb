#include "http/jws.hpp"

#include "http/base64url.hpp"

#include "stockcast/base/json.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <utility>

namespace stockcast {
namespace {

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* p) const {
        free(p);
    }
};
using PublicKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac_sha256(const std::string& key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), out.data(), &length);
    return {reinterpret_cast<const char*>(out.data()), length};
}

bool verify_digest(EVP_PKEY* key, std::string_view text, std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
    const bool good =
        context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
    ERR_clear_error();
    return good;
}

/// JWS writes ECDSA's r and s as two numbers of 32 bytes (RFC 7518 §3.4); OpenSSL wants them in DER.
std::string to_der(std::string_view raw) {
    const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> signature{ECDSA_SIG_new()};
    BIGNUM* r = BN_bin2bn(bytes_of(raw.substr(0, 32)), 32, nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(raw.substr(32, 32)), 32, nullptr);
    if (signature == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &der);
    std::string out;
    if (length > 0) out.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    return out;
}

}  // namespace

struct JwsKey::Key {
    std::string_view algorithm;
    std::string secret;    // HS256
    PublicKey public_key;  // RS256, ES256

    Key() = default;
    ~Key() { OPENSSL_cleanse(secret.data(), secret.size()); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;

    bool accepts(std::string_view text, std::string_view signature) const {
        if (algorithm == "HS256") {
            const auto right = hmac_sha256(secret, text);
            return signature.size() == right.size() && CRYPTO_memcmp(signature.data(), right.data(), right.size()) == 0;
        }
        if (algorithm == "RS256") return verify_digest(public_key.get(), text, signature);
        return signature.size() == 64 && verify_digest(public_key.get(), text, to_der(signature));
    }
};

Result<JwsKey> JwsKey::secret(std::string key) {
    if (key.size() < 32) return Errc::out_of_bounds;
    auto made = std::make_shared<Key>();
    made->algorithm = "HS256";
    made->secret = std::move(key);
    return JwsKey{std::move(made)};
}

Result<JwsKey> JwsKey::public_key(std::string_view pem) {
    const std::unique_ptr<BIO, Freed<BIO_free>> source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    auto made = std::make_shared<Key>();
    made->public_key.reset(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (made->public_key == nullptr) return Errc::malformed;

    EVP_PKEY* key = made->public_key.get();
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            if (EVP_PKEY_get_bits(key) < 2048) return Errc::out_of_bounds;
            made->algorithm = "RS256";
            return JwsKey{std::move(made)};
        case EVP_PKEY_EC: {
            std::array<char, 64> group{};
            std::size_t length = 0;
            if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return Errc::malformed;
            if (std::string_view{group.data(), length} != "prime256v1") return Errc::malformed;
            made->algorithm = "ES256";
            return JwsKey{std::move(made)};
        }
        default: return Errc::malformed;
    }
}

Result<std::string> JwsKey::verified_payload(std::string_view token) const {
    if (token.size() > token_bytes_max) return Errc::malformed;
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return Errc::malformed;
    if (token.find('.', first + 1) != last) return Errc::malformed;

    const auto header_text = from_base64url(token.substr(0, first));
    if (!header_text) return Errc::malformed;
    const auto header = parse_json(*header_text, {.depth = 8, .bytes = token_bytes_max});
    if (!header || header->if_object() == nullptr) return Errc::malformed;
    const auto* algorithm = header->find("alg");
    if (algorithm == nullptr || algorithm->if_string() == nullptr) return Errc::malformed;
    if (*algorithm->if_string() != key_->algorithm) return Errc::malformed;
    if (header->find("crit") != nullptr) return Errc::malformed;  // RFC 7515 §4.1.11: an extension we don't know

    const auto signature = from_base64url(token.substr(last + 1));
    if (!signature || !key_->accepts(token.substr(0, last), *signature)) return Errc::malformed;
    return from_base64url(token.substr(first + 1, last - first - 1));
}

Result<std::string> JwsKey::sign(std::string_view payload) const {
    if (key_->public_key != nullptr) return Errc::not_found;
    auto token = to_base64url(R"({"alg":"HS256","typ":"JWT"})");
    token += '.';
    token += to_base64url(payload);
    const auto signature = hmac_sha256(key_->secret, token);
    token += '.';
    token += to_base64url(signature);
    return token;
}

}  // namespace stockcast
