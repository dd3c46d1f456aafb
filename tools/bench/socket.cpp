#include "bench/socket.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stockcast::bench {

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}
Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

Address look_up(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto port = std::to_string(endpoint.port);
    if (const int code = ::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found); code != 0)
        throw std::runtime_error(endpoint.host + ": " + ::gai_strerror(code));
    Address address;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    ::freeaddrinfo(found);
    return address;
}

Address resolve(const HttpUrl& url) {
    if (url.endpoint.secure)
        throw std::runtime_error("the load generator speaks plain HTTP only: give an http:// address");
    return look_up(url.endpoint);
}

bool is_loopback(const Address& address) {
    if (address.storage.ss_family == AF_INET6) {
        sockaddr_in6 to{};
        std::memcpy(&to, &address.storage, sizeof to);
        return IN6_IS_ADDR_LOOPBACK(&to.sin6_addr);
    }
    sockaddr_in to{};
    std::memcpy(&to, &address.storage, sizeof to);
    return address.storage.ss_family == AF_INET && ntohl(to.sin_addr.s_addr) >> 24U == 127;
}

Descriptor connect_to(const Address& address) {
    Descriptor socket{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.get() < 0) fail("socket");
    const int on = 1;
    if (::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) fail("TCP_NODELAY");
    // Blocking until here: a connection that is refused should say so at once.
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
        fail("connect");
    if (::ioctl(socket.get(), FIONBIO, &on) != 0) fail("FIONBIO");
    return socket;
}

void bind_to_source(int fd, const Address& server, std::size_t client) {
    if (server.storage.ss_family != AF_INET || !is_loopback(server)) return;
    constexpr std::size_t clients_an_address = 500;
    sockaddr_in from{};  // port 0: any
    from.sin_family = AF_INET;
    // 127.0.1.1, 127.0.1.2, …: all of 127.0.0.0/8 is ours on Linux.
    from.sin_addr.s_addr = htonl(0x7F000101U + static_cast<std::uint32_t>(client / clients_an_address));
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) fail("bind");
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) fail("setrlimit");
}

void send_whole(int fd, std::string_view bytes) {
    if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) fail("send");
}

Descriptor new_epoll() {
    Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (epoll.get() < 0) fail("epoll_create1");
    return epoll;
}

void watch_for_input(int epoll, int fd, std::uint64_t tag) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = tag;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

Answer read_answer(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return {};
    const auto head = bytes.substr(0, end + 2);
    Answer answer;
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) throw std::runtime_error("the answer is no HTTP/1.1");
    std::from_chars(head.data() + 9, head.data() + 12, answer.status);
    if (answer.status == 101) return {101, end + 4};

    constexpr std::string_view name = "\r\ncontent-length:";
    std::size_t length = std::string_view::npos;
    for (std::size_t at = head.find("\r\n"); at + name.size() < head.size(); at = head.find("\r\n", at + 2)) {
        if (::strncasecmp(head.data() + at, name.data(), name.size()) != 0) continue;
        auto value = head.substr(at + name.size());
        while (value.starts_with(' ')) value.remove_prefix(1);
        std::from_chars(value.data(), value.data() + value.size(), length);
        break;
    }
    if (length == std::string_view::npos) throw std::runtime_error("the answer has no Content-Length");
    const auto size = end + 4 + length;
    answer.size = bytes.size() >= size ? size : 0;
    return answer;
}

}  // namespace stockcast::bench
