// What our TLS lets a client do, seen by OpenSSL's own client over memory.
#include "net/certificate.hpp"
#include "net/tls_tickets.hpp"
#include "support/manual_clock.hpp"

#include "stockcast/net/tls.hpp"

#include <boost/asio/ssl/context.hpp>
#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

template <class T, void (*free)(T*)>
struct Free {
    void operator()(T* object) const { free(object); }
};
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX, SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Free<SSL, SSL_free>>;
using Session = std::shared_ptr<SSL_SESSION>;

/// What the client is like; the rest as OpenSSL has it.
struct Client {
    int version = TLS1_3_VERSION;  ///< no other
    std::string ciphers;           ///< of TLS 1.2
    std::string groups;
    std::string alpn;  ///< in wire form
    Session resumes;
};

struct Outcome {
    bool succeeded = false;
    bool resumed = false;
    std::string cipher;
    std::string alpn;
    Session session;
};

/// A client and a server joined by memory.
struct Joined {
    Connection client;
    Connection server;

    Joined(TlsServerContext& serving, SSL_CTX* client_context)
        : client(SSL_new(client_context)), server(SSL_new(serving.get().native_handle())) {
        BIO *client_end = nullptr, *server_end = nullptr;
        BIO_new_bio_pair(&client_end, 0, &server_end, 0);
        SSL_set_bio(client.get(), client_end, client_end);
        SSL_set_bio(server.get(), server_end, server_end);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
    }
    void talk() {
        for (int turn = 0; turn < 10; ++turn) {
            SSL_do_handshake(client.get());
            SSL_do_handshake(server.get());
        }
        // The tickets of 1.3 come behind the handshake.
        std::array<char, 16> nothing{};
        SSL_read(client.get(), nothing.data(), nothing.size());
    }
};

Session session_of_context;  // the last that OpenSSL handed over

Context make_context(const Client& like) {
    Context context{SSL_CTX_new(TLS_client_method())};
    SSL_CTX_set_security_level(context.get(), 0);  // it is the server that has to be strict
    SSL_CTX_set_min_proto_version(context.get(), like.version);
    SSL_CTX_set_max_proto_version(context.get(), like.version);
    if (!like.ciphers.empty()) REQUIRE(SSL_CTX_set_cipher_list(context.get(), like.ciphers.c_str()) == 1);
    if (!like.groups.empty()) REQUIRE(SSL_CTX_set1_groups_list(context.get(), like.groups.c_str()) == 1);
    if (!like.alpn.empty())
        SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(like.alpn.data()),
                                static_cast<unsigned>(like.alpn.size()));
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), [](SSL*, SSL_SESSION* session) {
        session_of_context.reset(session, SSL_SESSION_free);
        return 1;
    });
    return context;
}

Outcome connect(TlsServerContext& serving, const Client& like) {
    const auto context = make_context(like);
    session_of_context.reset();
    Joined both{serving, context.get()};
    if (like.resumes) SSL_set_session(both.client.get(), like.resumes.get());
    both.talk();

    Outcome outcome;
    outcome.succeeded = SSL_is_init_finished(both.client.get()) == 1 && SSL_is_init_finished(both.server.get()) == 1;
    outcome.resumed = SSL_session_reused(both.client.get()) == 1;
    if (outcome.succeeded) outcome.cipher = SSL_get_cipher_name(both.client.get());
    const unsigned char* protocol = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(both.client.get(), &protocol, &length);
    outcome.alpn.assign(reinterpret_cast<const char*>(protocol), length);
    outcome.session = std::exchange(session_of_context, nullptr);
    SSL_set_shutdown(both.client.get(), SSL_SENT_SHUTDOWN);  // else OpenSSL holds the session for broken
    return outcome;
}

/// A server with a certificate, in the time of the test.
struct Serving {
    explicit Serving(int rsa_bits = 0)
        : files(make_certificate(directory, "own", CertificateForm{.rsa_bits = rsa_bits})), clock(set_to_now()) {}
    std::unique_ptr<ManualClock> set_to_now() {
        auto made = std::make_unique<ManualClock>();
        made->set_wall(SystemClock{}.wall());
        return made;
    }

    TemporaryDirectory directory;
    Certificate files;
    std::unique_ptr<ManualClock> clock;
    TlsServerContext context{files.cert_file, files.key_file, *clock};
};

}  // namespace

TEST_CASE("versions, suites and groups are those of Mozilla's intermediate list", "[net][tls]") {
    Serving ecdsa;
    Serving rsa{2048};
    struct Case {
        int version;
        std::string ciphers, groups;
        bool with_ecdsa, with_rsa;
    };
    for (const auto& [version, ciphers, groups, with_ecdsa, with_rsa] : std::vector<Case>{
             {TLS1_3_VERSION, "", "", true, true},
             {TLS1_2_VERSION, "", "", true, true},
             {TLS1_1_VERSION, "ALL:@SECLEVEL=0", "", false, false},
             {TLS1_VERSION, "ALL:@SECLEVEL=0", "", false, false},
             {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", "", true, false},
             {TLS1_2_VERSION, "ECDHE-RSA-AES256-GCM-SHA384", "", false, true},
             {TLS1_2_VERSION, "ECDHE-RSA-CHACHA20-POLY1305", "", false, true},
             {TLS1_2_VERSION, "ECDHE-RSA-AES128-SHA256", "", false, false},    // CBC
             {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA", "", false, false},     // CBC, SHA-1
             {TLS1_2_VERSION, "AES128-GCM-SHA256", "", false, false},          // no forward secrecy
             {TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", "", false, false},  // dear for us, cheap for them
             {TLS1_2_VERSION, "aNULL:@SECLEVEL=0", "", false, false},
             {TLS1_2_VERSION, "PSK:@SECLEVEL=0", "", false, false},
             {TLS1_3_VERSION, "", "X25519", true, true},
             {TLS1_3_VERSION, "", "P-256", true, true},
             {TLS1_3_VERSION, "", "P-384", true, true},
             {TLS1_3_VERSION, "", "P-521", false, false},
             {TLS1_3_VERSION, "", "ffdhe2048", false, false},
         }) {
        INFO(version << " " << ciphers << " " << groups);
        const Client like{.version = version, .ciphers = ciphers, .groups = groups};
        CHECK(connect(ecdsa.context, like).succeeded == with_ecdsa);
        CHECK(connect(rsa.context, like).succeeded == with_rsa);
    }
}

TEST_CASE("the client's order of suites counts, as Mozilla says: it knows what its hardware is good at", "[net][tls]") {
    Serving serving;
    const std::string chacha = "ECDHE-ECDSA-CHACHA20-POLY1305", aes = "ECDHE-ECDSA-AES256-GCM-SHA384";
    CHECK(connect(serving.context, {.version = TLS1_2_VERSION, .ciphers = chacha + ":" + aes}).cipher == chacha);
    CHECK(connect(serving.context, {.version = TLS1_2_VERSION, .ciphers = aes + ":" + chacha}).cipher == aes);
}

TEST_CASE("ALPN picks http/1.1, and who wants something else alone is told so", "[net][tls]") {
    Serving serving;
    CHECK(connect(serving.context, {.alpn = "\x02h2\x08http/1.1"}).alpn == "http/1.1");
    CHECK_FALSE(connect(serving.context, {.alpn = "\x02h2"}).succeeded);
    CHECK(connect(serving.context, {}).succeeded);
}

TEST_CASE("a session is resumed by its ticket for two hours, whatever becomes of the keys", "[net][tls]") {
    Serving serving;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const auto session = [&] { return connect(serving.context, {.version = version}).session; };
    const auto resume = [&](const Session& from) {
        const auto outcome = connect(serving.context, {.version = version, .resumes = from});
        CHECK(outcome.succeeded);
        return outcome.resumed;
    };
    const auto first = session(), second = session(), third = session();  // a ticket of 1.3 is used once
    REQUIRE(first);

    CHECK(resume(first));
    serving.clock->advance(ticket_key_lifetime);  // a new key, the old one still known
    CHECK(resume(second));
    serving.clock->advance(session_lifetime);  // now it is forgotten
    CHECK_FALSE(resume(third));
    CHECK(resume(session()));
}

TEST_CASE("a ticket that is not ours, or of another certificate's time, leads to a full handshake", "[net][tls]") {
    Serving serving;
    Serving other;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const auto foreign = connect(other.context, {.version = version}).session;
    const auto outcome = connect(serving.context, {.version = version, .resumes = foreign});
    CHECK(outcome.succeeded);
    CHECK_FALSE(outcome.resumed);

    const auto own = connect(serving.context, {.version = version}).session;
    make_certificate(serving.directory, "own", "DNS:a");
    REQUIRE(serving.context.reload().empty());
    CHECK_FALSE(connect(serving.context, {.version = version, .resumes = own}).resumed);
}

TEST_CASE("a client can't make the server handshake again on one connection", "[net][tls]") {
    Serving serving;
    const auto context = make_context({.version = TLS1_2_VERSION});
    Joined both{serving.context, context.get()};
    both.talk();
    REQUIRE(SSL_is_init_finished(both.server.get()) == 1);

    SSL_renegotiate(both.client.get());
    SSL_do_handshake(both.client.get());  // sends its hello
    std::array<char, 16> bytes{};
    CHECK(SSL_read(both.server.get(), bytes.data(), bytes.size()) <= 0);
    CHECK(SSL_is_init_finished(both.server.get()) == 1);
    CHECK(SSL_do_handshake(both.client.get()) <= 0);
    CHECK(SSL_num_renegotiations(both.server.get()) == 0);
}

TEST_CASE("a connection that is open goes on with the certificate that it began with", "[net][tls]") {
    Serving serving;
    const auto context = make_context({});
    Joined both{serving.context, context.get()};
    both.talk();
    for (int i = 0; i < 3; ++i) {
        make_certificate(serving.directory, "own", "DNS:a");
        REQUIRE(serving.context.reload().empty());
    }
    std::array<char, 16> bytes{};
    REQUIRE(SSL_write(both.client.get(), "still here", 10) == 10);
    CHECK(SSL_read(both.server.get(), bytes.data(), bytes.size()) == 10);
}
