#include "net/tls_socket.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstdint>
#include <new>
#include <sys/socket.h>

namespace stockcast::tls_socket {

namespace {

int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool may_try_again() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto sent = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && may_try_again()) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int read(BIO* bio, char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto received = ::recv(socket_of(bio), bytes, static_cast<std::size_t>(size), 0);
    if (received < 0 && may_try_again()) BIO_set_retry_read(bio);
    return static_cast<int>(received);
}

long control(BIO*, int what, long, void*) {
    return what == BIO_CTRL_FLUSH ? 1 : 0;  // nothing is held back here
}

const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
        auto* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stockcast socket");
        if (fresh == nullptr) throw std::bad_alloc{};
        BIO_meth_set_write(fresh, write);
        BIO_meth_set_read(fresh, read);
        BIO_meth_set_ctrl(fresh, control);
        return fresh;
    }();
    return made;
}

}  // namespace

void attach(SSL* ssl, int socket) {
    BIO* const bio = BIO_new(method());
    if (bio == nullptr) throw std::bad_alloc{};
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
}

}  // namespace stockcast::tls_socket
