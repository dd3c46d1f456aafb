#pragma once

#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace stockcast {

/// SHA-256, 32 bytes: what stands for a token wherever it must be known again.
inline std::string sha256_of(std::string_view text) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

}  // namespace stockcast
