#include "bench/slow_crowd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <unistd.h>

namespace stockcast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t members_a_turn = 200;  ///< looked at in one call: the genuine ones must not wait for these

}  // namespace

SlowCrowd::SlowCrowd(const Address& server, const std::string& host_field, const std::string& target, unsigned count,
                     int epoll, std::uint64_t tag)
    : server_(server),
      head_("POST " + target + " HTTP/1.1\r\nHost: " + host_field + "\r\nX-Slow: "),
      body_("POST " + target + " HTTP/1.1\r\nHost: " + host_field +
            "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"),
      epoll_(epoll),
      tag_(tag),
      members_(count) {}

void SlowCrowd::open(Member& member, Time now) {
    const auto index = static_cast<std::size_t>(&member - members_.data());
    member.socket = Descriptor{::socket(server_.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (member.socket.get() < 0) fail("socket");
    bind_to_source(member.socket.get(), server_, index);
    const int made = ::connect(member.socket.get(), reinterpret_cast<const sockaddr*>(&server_.storage), server_.size);
    if (made != 0 && errno != EINPROGRESS) fail("connect");
    watch_for_input(epoll_, member.socket.get(), tag_ + index);
    member.sent = 0;
    member.status = 0;
    member.due = now;
    ++open_;
    ++opened_;
}

void SlowCrowd::end(Member& member) {
    ++by_status_[member.status];
    ++cut_;
    --open_;
    member.socket = {};
}

void SlowCrowd::notice(std::uint64_t tag) {
    auto& member = members_[tag - tag_];
    if (member.socket.get() < 0) return;
    std::array<char, 4096> buffer;
    const auto got = ::read(member.socket.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return end(member);
    const std::string_view bytes{buffer.data(), static_cast<std::size_t>(got)};
    if (member.status == 0 && bytes.starts_with("HTTP/1.1 ") && bytes.size() >= 12)
        std::from_chars(bytes.data() + 9, bytes.data() + 12, member.status);
}

void SlowCrowd::trickle(Time now) {
    for (std::size_t i = 0; i < std::min(members_a_turn, members_.size()); ++i) {
        auto& member = members_[next_++ % members_.size()];
        if (member.socket.get() < 0) open(member, now);
        if (now < member.due) continue;
        const auto& all = (&member - members_.data()) % 2 == 0 ? head_ : body_;
        const auto bytes = member.sent == 0 ? std::string_view{all} : std::string_view{" "};
        const auto taken = ::send(member.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (taken > 0) member.sent += static_cast<std::size_t>(taken);
        member.due = now + 1s;
    }
}

}  // namespace stockcast::bench
