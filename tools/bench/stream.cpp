#include "bench/stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>
#include <utility>

namespace stockcast::bench {
namespace {

constexpr std::size_t senders_each = 16;

}  // namespace

Stream::Stream(const Address& address, Notifications notifications, double rate, int epoll, std::uint64_t tag)
    : address_(address), notifications_(std::move(notifications)), rate_(rate), epoll_(epoll), tag_(tag) {
    if (rate_ <= 0) return;
    senders_.resize(senders_each);
    for (auto& sender : senders_) open(sender);
}

void Stream::open(Sender& sender) {
    sender = {connect_to(address_), {}, {}, false};
    watch_for_input(epoll_, sender.socket.get(), tag_ + static_cast<std::uint64_t>(&sender - senders_.data()));
}

void Stream::send_due(Time at) {
    const auto due = static_cast<std::uint64_t>(rate_ * std::chrono::duration<double>(at - began_).count());
    for (; asked_ < due; ++asked_) waiting_.push_back(at);
    for (auto& sender : senders_) {
        if (waiting_.empty()) return;
        if (sender.busy) continue;
        const auto request = notifications_.request(sent_++);
        const auto taken = ::send(sender.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
        if (taken != static_cast<ssize_t>(request.size())) {
            open(sender);
            continue;
        }
        sender.due = waiting_.front();
        sender.busy = true;
        waiting_.pop_front();
    }
}

void Stream::take_answer(std::uint64_t tag, Time at) {
    auto& sender = senders_[tag - tag_];
    std::array<char, 4096> buffer;
    const auto got = ::read(sender.socket.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        if (sender.busy) ++by_status_[0];
        return open(sender);
    }
    sender.received.append(buffer.data(), static_cast<std::size_t>(got));
    const auto answer = read_answer(sender.received);
    if (answer.size == 0) return;
    sender.received.erase(0, answer.size);
    sender.busy = false;
    answered_.add(at - sender.due);
    ++by_status_[answer.status];
}

bool Stream::is_settled() const {
    return waiting_.empty() &&
           std::none_of(senders_.begin(), senders_.end(), [](const Sender& sender) { return sender.busy; });
}

bool Stream::is_all_taken() const {
    return is_settled() && by_status_.size() == 1 && by_status_.contains(200);
}

}  // namespace stockcast::bench
