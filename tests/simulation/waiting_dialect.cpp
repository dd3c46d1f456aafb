#include "simulation/dialect.hpp"

#include <charconv>
#include <cstddef>
#include <utility>

namespace stockcast::simulation {
namespace {

constexpr std::size_t limit = 7;  ///< changes an answer: small, so that there is often more

std::size_t number_behind(std::string_view text, std::string_view name) {
    std::size_t number = 0;
    const auto at = text.find(name);
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + name.size());
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The objects of a JSON array, byte for byte. `text` begins behind its bracket.
std::vector<std::string> objects_of(std::string_view text) {
    std::vector<std::string> objects;
    int depth = 0;
    bool is_in_string = false;
    std::size_t begun = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                is_in_string = false;
        } else if (c == '"') {
            is_in_string = true;
        } else if (c == '{' || c == '[') {
            if (depth++ == 0) begun = i;
        } else if (c == '}') {
            if (--depth == 0) objects.emplace_back(text.substr(begun, i + 1 - begun));
        } else if (c == ']' && --depth < 0) {
            break;
        }
    }
    return objects;
}

std::string message(std::string_view type, Seq seq) {
    return R"({"type":")" + std::string{type} + R"(","seq":)" + std::to_string(seq) + '}';
}

/// `GET /api/changes?wait=`, one after the other on one connection. Who comes anew reads the log from its beginning.
class WaitingDialect final : public Dialect {
public:
    std::string begin(const Greeting& greeting, const Place& place) override {
        greeting_ = greeting;
        is_over_ = false;
        is_answered_ = true;
        head_.clear();
        return reply(place);
    }

    std::vector<std::string> take(std::string& unread) override {
        if (head_.empty()) head_ = take_head(unread);
        const auto length = number_behind(head_, "Content-Length: ");
        if (head_.empty() || unread.size() < length) return {};
        const auto body = unread.substr(0, length);
        unread.erase(0, length);
        is_answered_ = true;
        return messages_of(std::exchange(head_, {}), body);
    }

    std::string reply(const Place& place) override {
        if (!std::exchange(is_answered_, false)) return {};
        auto query = query_of(place);
        if (query.empty()) query = "&since=0";
        return "GET /api/changes?wait=45s&limit=" + std::to_string(limit) + query +
               " HTTP/1.1\r\nHost: " + greeting_.host + "\r\nAuthorization: Bearer " + greeting_.token + "\r\n\r\n";
    }

    bool is_over() const override { return is_over_; }
    bool narrows_at_once() const override { return true; }

private:
    std::vector<std::string> messages_of(const std::string& head, const std::string& body) {
        const Seq seq = number_behind(body, "\"seq\":");
        if (head.starts_with("HTTP/1.1 410 ")) {
            // Begins anew from what it is told.
            return {hello(body), message("reset", seq)};
        }
        is_over_ = !head.starts_with("HTTP/1.1 200 ");
        if (is_over_) return {};
        constexpr std::string_view begin = "\"changes\":[";
        auto messages = objects_of(std::string_view{body}.substr(body.find(begin) + begin.size()));
        const bool is_all = messages.size() < limit;
        messages.insert(messages.begin(), hello(body));
        // The head as it was before more changes came meanwhile is no promise; that nothing else lies between is.
        if (is_all && messages.size() == 1) messages.push_back(message("caught_up", seq));
        return messages;
    }

    static std::string hello(const std::string& body) {
        constexpr std::string_view name = "\"epoch\":\"";
        const auto at = body.rfind(name) + name.size();
        return R"({"type":"hello","epoch":")" + body.substr(at, body.find('"', at) - at) + R"("})";
    }

    Greeting greeting_;
    std::string head_;
    bool is_answered_ = true;
    bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Dialect> make_waiting_dialect() {
    return std::make_unique<WaitingDialect>();
}

}  // namespace stockcast::simulation
