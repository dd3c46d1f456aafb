#include "net/tls_tickets.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

namespace stockcast {

namespace {

struct Key {
    std::array<unsigned char, 16> name;  ///< stands in the ticket in clear
    std::array<unsigned char, 32> secret;
    std::array<unsigned char, 32> mac;
    Steady made;

    /// From OpenSSL's own source, as every other key of TLS: the Random seam is for what a test must repeat.
    static std::optional<Key> make(Steady now) {
        Key key{};
        key.made = now;
        const bool drawn = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                           RAND_priv_bytes(key.secret.data(), static_cast<int>(key.secret.size())) == 1 &&
                           RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
        return drawn ? std::optional{key} : std::nullopt;
    }
};

/// The key that tickets are made with, and the one before while its tickets may still come.
class TicketKeys {
public:
    explicit TicketKeys(const Clock& clock) : clock_(clock) {}
    ~TicketKeys() {
        forget(current_);
        forget(former_);
    }
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;

    /// Null: there is no randomness; then no ticket is made.
    const Key* to_make() {
        turn();
        return current_ ? &*current_ : nullptr;
    }
    const Key* of(const unsigned char* name) {
        turn();
        for (const auto* key : {&current_, &former_})
            if (*key && std::memcmp((*key)->name.data(), name, (*key)->name.size()) == 0) return &**key;
        return nullptr;
    }

private:
    void turn() {
        const auto now = clock_.now();
        if (current_ && now - current_->made >= ticket_key_lifetime) {
            forget(former_);
            former_ = current_;
            forget(current_);
        }
        if (!current_) current_ = Key::make(now);
        // The last ticket of the former was made when it was replaced.
        if (former_ && now - former_->made >= ticket_key_lifetime + session_lifetime) forget(former_);
    }
    static void forget(std::optional<Key>& key) {
        if (key) OPENSSL_cleanse(&*key, sizeof(Key));
        key.reset();
    }

    const Clock& clock_;
    std::optional<Key> current_;
    std::optional<Key> former_;
};

/// The keys live and die with OpenSSL's context, which connections in flight may hold longer than we do.
int slot_of_keys() {
    static const int slot = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr,
        [](void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<TicketKeys*>(keys); });
    return slot;
}

/// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 is good, 2 good but make a new ticket, 0 do a full handshake.
int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                   int make) {
    auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot_of_keys()));
    const Key* const key = make == 1 ? keys.to_make() : keys.of(name);
    if (key == nullptr) return 0;

    std::array<char, 7> digest{"SHA256"};
    auto mac_key = key->mac;
    const std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, mac_key.data(), mac_key.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
    const int set = EVP_MAC_CTX_set_params(mac, parameters.data());
    OPENSSL_cleanse(mac_key.data(), mac_key.size());
    if (set != 1) return -1;

    if (make == 1) {
        std::copy(key->name.begin(), key->name.end(), name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
        return EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->secret.data(), iv) == 1 ? 1 : -1;
    }
    if (EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->secret.data(), iv) != 1) return -1;
    return key == keys.to_make() ? 1 : 2;
}

}  // namespace

void rotate_ticket_keys(SSL_CTX* context, const Clock& clock) {
    SSL_CTX_set_ex_data(context, slot_of_keys(), new TicketKeys{clock});
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_ticket_key);
    SSL_CTX_set_timeout(context, std::chrono::seconds{session_lifetime}.count());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // the client keeps its session, in the ticket
}

}  // namespace stockcast
