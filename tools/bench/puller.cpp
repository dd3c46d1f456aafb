#include "bench/puller.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace stockcast::bench {

Puller::Puller(const Address& address, int epoll, std::uint64_t tag, Bodies bodies, Next next)
    : socket_(connect_to(address)), bodies_(bodies), next_(std::move(next)) {
    watch_for_input(epoll, socket_.get(), tag);
    ask();
}

void Puller::ask() {
    send_whole(socket_.get(), next_(answer_.body()));
    answer_ = {};
    if (bodies_ == Bodies::discarded) answer_.discard_body();
}

void Puller::take() {
    std::array<char, 64 * 1024> buffer;
    const auto got = ::read(socket_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) throw std::runtime_error("the server closed a connection that was reading");
    const auto before = answer_.body_bytes();
    const bool complete = answer_.take({buffer.data(), static_cast<std::size_t>(got)});
    bytes_ += answer_.body_bytes() - before;
    if (!complete) return;
    ++by_status_[answer_.status()];
    ask();
}

}  // namespace stockcast::bench
