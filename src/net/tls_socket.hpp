#pragma once

struct ssl_st;

/// A non-blocking socket as what OpenSSL reads and writes. Its own (BIO_s_socket) writes in a way that raises SIGPIPE
/// when the other end has gone.
namespace stockcast::tls_socket {

/// The socket must outlive the use of `ssl`.
void attach(ssl_st* ssl, int socket);

}  // namespace stockcast::tls_socket
