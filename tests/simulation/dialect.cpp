#include "simulation/dialect.hpp"

namespace stockcast::simulation {

std::string take_head(std::string& unread) {
    const auto end = unread.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    auto head = unread.substr(0, end + 4);
    unread.erase(0, end + 4);
    return head;
}

std::string query_of(const Place& place) {
    if (!place.is_known) return {};
    return "&since=" + std::to_string(place.seq) + "&epoch=" + place.epoch;
}

}  // namespace stockcast::simulation
