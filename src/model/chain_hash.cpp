#include "stockcast/model/chain_hash.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace stockcast {
namespace {

struct Free {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
};

}  // namespace

ChainHash ChainHash::followed_by(std::string_view change) const {
    const std::unique_ptr<EVP_MD_CTX, Free> digest{EVP_MD_CTX_new()};
    ChainHash next;
    const bool made = digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1 &&
                      EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size()) == 1 &&
                      EVP_DigestUpdate(digest.get(), change.data(), change.size()) == 1 &&
                      EVP_DigestFinal_ex(digest.get(), next.bytes.data(), nullptr) == 1;
    if (!made) throw std::runtime_error{"OpenSSL has no SHA-256"};
    return next;
}

std::string ChainHash::to_hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * bytes.size());
    for (const auto byte : bytes) {
        hex += digits[byte >> 4];
        hex += digits[byte & 0xf];
    }
    return hex;
}

}  // namespace stockcast
