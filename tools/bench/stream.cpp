#include "bench/stream.hpp"

#include <chrono>
#include <utility>

namespace stockcast::bench {
Stream::Stream(Target target, Publisher::Request request, double rate, int epoll, std::uint64_t tag,
               std::size_t connections)
    : rate_(rate), publisher_(std::move(target), connections, std::move(request), epoll, tag) {}

void Stream::send_due(Time at) {
    const auto due = static_cast<std::uint64_t>(rate_ * std::chrono::duration<double>(at - began_).count());
    for (; asked_ < due; ++asked_) waiting_.push_back(at);
    send_waiting();
}

void Stream::send_waiting() {
    while (!waiting_.empty() && send_now(waiting_.front())) waiting_.pop_front();
}

bool Stream::send_now(Time at) {
    if (!publisher_.send(at)) return false;
    sent_(at);
    return true;
}

bool Stream::is_all_taken() const {
    return is_settled() && by_status().size() == 1 && by_status().contains(200);
}

}  // namespace stockcast::bench
