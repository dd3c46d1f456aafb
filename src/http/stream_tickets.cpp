#include "http/stream_tickets.hpp"

#include "http/digest.hpp"

namespace stockcast {
namespace {

constexpr std::size_t ticket_bytes = 32;

}  // namespace

Result<std::string> StreamTickets::issue(Holder holder, Random& random, Steady now) {
    drop_expired(now);
    if (by_age_.size() >= held_max) return Errc::out_of_bounds;
    auto ticket = random.token(ticket_bytes);
    auto digest = sha256_of(ticket);
    by_age_.emplace_back(now + lifetime, digest);
    by_digest_.emplace(std::move(digest), Issued{std::move(holder), now + lifetime});
    return ticket;
}

std::optional<StreamTickets::Holder> StreamTickets::redeem(std::string_view ticket, Steady now) {
    auto node = by_digest_.extract(sha256_of(ticket));
    if (node.empty() || node.mapped().expires <= now) return std::nullopt;
    return std::move(node.mapped().holder);
}

void StreamTickets::drop_expired(Steady now) {
    while (!by_age_.empty() && by_age_.front().first <= now) {
        by_digest_.erase(by_age_.front().second);
        by_age_.pop_front();
    }
}

}  // namespace stockcast
