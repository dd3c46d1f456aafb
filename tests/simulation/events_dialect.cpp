#include "simulation/dialect.hpp"

namespace stockcast::simulation {
namespace {

class EventsDialect final : public Dialect {
public:
    std::string begin(const Greeting& greeting, const Place& place) override {
        is_open_ = is_over_ = false;
        auto request = "GET /api/events?" + greeting.narrowing.query() + " HTTP/1.1\r\nHost: " + greeting.host + "\r\n";
        if (place.is_known) request += "Last-Event-ID: " + place.epoch + ":" + std::to_string(place.seq) + "\r\n";
        return request + "\r\n";
    }

    std::vector<std::string> take(std::string& unread) override {
        std::vector<std::string> messages;
        if (!is_open_) open(take_head(unread));
        while (is_open_ && !is_over_) {
            const auto end = unread.find("\n\n");
            if (end == std::string::npos) break;
            const auto event = unread.substr(0, end + 1);
            unread.erase(0, end + 2);
            is_over_ = event.starts_with("event: close\n");
            if (const auto data = event.find("data: "); data != std::string::npos && !is_over_)
                messages.push_back(event.substr(data + 6, event.size() - data - 7));
        }
        return messages;
    }

    std::string reply(const Place&) override { return {}; }
    bool is_over() const override { return is_over_; }
    bool narrows_at_once() const override { return true; }

private:
    void open(const std::string& head) {
        if (head.empty()) return;
        is_open_ = head.starts_with("HTTP/1.1 200 ");
        is_over_ = !is_open_;
    }

    bool is_open_ = false;
    bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Dialect> make_events_dialect() {
    return std::make_unique<EventsDialect>();
}

}  // namespace stockcast::simulation
