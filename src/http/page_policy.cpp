#include "http/page_policy.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace stockcast {
namespace {

/// `'sha256-…'` of what stands between the tags, as the browser hashes it.
std::string hash_source(std::string_view html, std::string_view open, std::string_view close) {
    const auto from = html.find(open) + open.size();
    const auto text = html.substr(from, html.find(close, from) - from);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> base64{};
    const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
    return "'sha256-" + std::string{reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)} +
           "'";
}

}  // namespace

std::string page_policy(std::string_view html) {
    return "default-src 'none'; script-src " + hash_source(html, "<script>", "</script>") + "; style-src " +
           hash_source(html, "<style>", "</style>") +
           "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
           "require-trusted-types-for 'script'; trusted-types 'none'";
}

}  // namespace stockcast
