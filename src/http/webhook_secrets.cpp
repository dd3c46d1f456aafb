#include "stockcast/http/webhook_secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace stockcast {

WebhookSecrets::WebhookSecrets(const std::vector<std::string>& secrets) {
    for (const auto& secret : secrets) {
        if (secret.empty()) continue;
        auto& place = present_ ? former_ : present_;
        place = digest_of(secret);
    }
}

WebhookSecrets::Digest WebhookSecrets::digest_of(std::string_view text) {
    Digest digest;
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return digest;
}

bool WebhookSecrets::accepts(std::string_view shown, Steady now) {
    // Digests have one length and no likeness: neither the time of this nor of memcmp tells how near a guess came.
    const auto digest = digest_of(shown);
    const auto is = [&](const std::optional<Digest>& secret) {
        return secret && CRYPTO_memcmp(secret->data(), digest.data(), digest.size()) == 0;
    };
    const bool is_present = is(present_);
    const bool is_former = is(former_);
    if (is_former) former_used_ = now;
    return is_present || is_former;
}

void WebhookSecrets::rotate(std::string_view next) {
    former_ = present_;
    former_used_.reset();
    present_ = digest_of(next);
}

}  // namespace stockcast
