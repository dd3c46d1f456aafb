#include "app/upstream_service.hpp"

#include <charconv>

namespace stockcast {

std::string UpstreamService::start() {
    if (!running_) {
        running_ = true;
        compared_ = of_all_ = 0;
        tasks_.spawn("upstream check", run());
    }
    return "ok started";
}

asio::awaitable<void> UpstreamService::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    last_ = co_await check_.run([this](std::uint64_t compared, std::optional<std::uint64_t> of_all) {
        compared_ = compared;
        of_all_ = of_all.value_or(0);
        return true;
    });
    running_ = false;
}

std::string UpstreamService::progress() const {
    if (running_ || !last_) return "ok running " + std::to_string(compared_) + ' ' + std::to_string(of_all_);
    if (!*last_) return "ok failed " + last_->error().message();
    const auto& report = **last_;
    return "ok done " + std::to_string(report.compared) + ' ' + std::to_string(report.differences.size()) + ' ' +
           std::to_string(report.more) + ' ' + std::to_string(report.open);
}

std::string UpstreamService::difference(const std::string& index) const {
    std::size_t at = 0;
    const auto [end, bad] = std::from_chars(index.data(), index.data() + index.size(), at);
    const bool is_there = bad == std::errc{} && end == index.data() + index.size() && last_ && *last_ &&
                          at < (*last_)->differences.size();
    if (!is_there) return "error no such difference";
    // SIIGO's own words may stand in them: a code with a line's end in it must not end the answer.
    auto line = (*last_)->differences[at].english + '\t' + (*last_)->differences[at].spanish;
    for (auto& c : line)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t') c = ' ';
    return "ok " + line;
}

}  // namespace stockcast
