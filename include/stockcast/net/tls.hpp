#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/instant.hpp"

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace stockcast {

/// Our certificate and key; TLS 1.2 and 1.3 after Mozilla's intermediate list, sessions resumed by tickets. Shared by
/// connections in flight. Any thread.
class TlsServerContext {
public:
    /// Throws std::runtime_error which names the file and what is wrong: unreadable, no PEM (the leaf or one of its
    /// chain), expired, not valid yet, a key that is too weak or does not match.
    TlsServerContext(const std::string& cert_file, const std::string& key_file, const Clock& clock);
    ~TlsServerContext();
    boost::asio::ssl::context& get();
    /// Reads both files again (on a worker: it blocks); on failure the old pair stays and the reason is returned (empty:
    /// taken). Connections that are open go on with the pair that they began with.
    std::string reload();
    /// The end of the certificate's validity (the leaf's notAfter).
    Instant expires() const;
    /// Whether a client that asks for this host name or address takes the certificate for its (RFC 6125).
    bool names(const std::string& host) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// What we trust when we are the client: the system's store, or one PEM file. Verifies chain and host name, sends SNI.
class TlsClientContext {
public:
    /// `ca_file` empty: system trust. Throws std::runtime_error.
    explicit TlsClientContext(const std::string& ca_file);
    /// Trusts the first certificate of that PEM file and no other one, whatever names and dates it carries: for who
    /// asks the server beside it, at an address that no certificate names. Throws std::runtime_error.
    static std::shared_ptr<TlsClientContext> pinned_to(const std::string& cert_file);
    ~TlsClientContext();
    boost::asio::ssl::context& get();

private:
    TlsClientContext();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
