#include "bench/publisher.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stockcast::bench {

Publisher::Publisher(Target target, std::size_t connections, Request request, int epoll, std::uint64_t tag)
    : target_(std::move(target)), request_(std::move(request)), epoll_(epoll), tag_(tag), connections_(connections) {
    for (auto& connection : connections_) open(connection);
}

void Publisher::open(Connection& connection) {
    const auto index = static_cast<std::size_t>(&connection - connections_.data());
    connection.link = Link{target_, {.client = index, .epoll = epoll_, .tag = tag_ + index}};
    connection.received.clear();
}

bool Publisher::send(Time since) {
    const auto free = std::find_if(connections_.begin(), connections_.end(),
                                   [](const Connection& connection) { return !connection.is_busy; });
    if (free == connections_.end()) return false;
    const auto request = request_(sent_);
    try {
        free->link.write(request);
    } catch (const ConnectionClosed&) {
        open(*free);  // the server may end what is idle; a second time in a row it may not
        free->link.write(request);
    }
    ++sent_;
    free->since = since;
    free->is_busy = true;
    ++busy_;
    return true;
}

void Publisher::take_answer(std::uint64_t tag) {
    auto& connection = connections_[tag - tag_];
    std::array<char, 4096> buffer;
    try {
        while (const auto got = connection.link.read(buffer)) connection.received.append(buffer.data(), got);
    } catch (const ConnectionClosed&) {
        if (connection.is_busy) finish(connection, 0);
        return open(connection);
    }
    const auto answer = read_answer(connection.received);
    if (answer.size == 0) return;
    connection.received.erase(0, answer.size);
    if (connection.is_busy) finish(connection, answer.status);
}

void Publisher::finish(Connection& connection, unsigned status) {
    connection.is_busy = false;
    --busy_;
    ++by_status_[status];
    if (status != 0) answered_.add(now() - connection.since);
}

void Publisher::begin_measuring() {
    answered_ = {};
    by_status_.clear();
}

std::uint64_t Publisher::refused() const {
    std::uint64_t count = 0;
    for (const auto& [status, times] : by_status_)
        if (status < 200 || status > 299) count += times;
    return count;
}

}  // namespace stockcast::bench
