#include "siigo/scripted_siigo.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace stockcast::test {

class ScriptedSiigo::Stream final : public ByteStream {
public:
    explicit Stream(ScriptedSiigo& siigo) : state_(std::make_shared<State>(siigo)) {}
    ~Stream() override { close(); }

    asio::any_io_executor get_executor() override { return state_->siigo.io_.get_executor(); }
    std::string peer_address() const override { return "192.0.2.1"; }
    bool is_secure() const override { return true; }

    void start_read(asio::mutable_buffer into, Done done) override {
        auto slot = asio::get_associated_cancellation_slot(done);
        if (slot.is_connected()) {
            slot.assign(
                [state = state_](asio::cancellation_type) { state->end_read(asio::error::operation_aborted, 0); });
        }
        state_->into = into;
        state_->reading = std::move(done);
        state_->deliver();
    }

    void start_write(std::span<const asio::const_buffer> from, Done done) override {
        std::size_t taken = 0;
        for (const auto& buffer : from) {
            state_->received.append(static_cast<const char*>(buffer.data()), buffer.size());
            taken += buffer.size();
        }
        const error_code ec = state_->closed ? make_error_code(boost::system::errc::broken_pipe) : error_code{};
        asio::post(state_->siigo.io_,
                   [done = std::move(done), ec, taken]() mutable { std::move(done)(ec, ec ? 0 : taken); });
        if (!ec) take_requests(state_);
    }

    void close() noexcept override {
        state_->closed = true;
        state_->end_read(asio::error::operation_aborted, 0);
    }

    void start_shutdown(Done done) override {
        asio::post(state_->siigo.io_, [done = std::move(done)]() mutable { std::move(done)(error_code{}, 0); });
    }

private:
    struct State {
        explicit State(ScriptedSiigo& its_siigo) : siigo(its_siigo) {}

        void end_read(error_code ec, std::size_t bytes) {
            if (!reading) return;
            asio::get_associated_cancellation_slot(*reading).clear();
            asio::post(siigo.io_, [done = std::move(*reading), ec, bytes]() mutable { std::move(done)(ec, bytes); });
            reading.reset();
        }

        void deliver() {
            if (!reading) return;
            if (closed) return end_read(asio::error::operation_aborted, 0);
            if (unread.empty() && ended) return end_read(asio::error::eof, 0);
            if (unread.empty()) return;
            const auto bytes = std::min(unread.size(), into.size());
            std::memcpy(into.data(), unread.data(), bytes);
            unread.erase(0, bytes);
            end_read({}, bytes);
        }

        ScriptedSiigo& siigo;
        std::string received, unread;
        asio::mutable_buffer into;
        std::optional<Done> reading;
        bool ended = false;
        bool closed = false;
    };

    static void take_requests(const std::shared_ptr<State>& state) {
        for (;;) {
            const auto head_end = state->received.find("\r\n\r\n");
            if (head_end == std::string::npos) return;
            Asked asked = parse_head(state->received.substr(0, head_end + 2));
            std::size_t length = 0;
            const auto text = asked.fields.get("Content-Length");
            std::from_chars(text.data(), text.data() + text.size(), length);
            if (state->received.size() < head_end + 4 + length) return;
            asked.body = state->received.substr(head_end + 4, length);
            state->received.erase(0, head_end + 4 + length);
            asked.at = state->siigo.clock_.now();
            state->siigo.asked_.push_back(asked);
            asio::co_spawn(state->siigo.io_, reply(state, state->siigo.answer(asked)), asio::detached);
        }
    }

    static Asked parse_head(std::string_view head) {
        Asked asked;
        const auto line_end = head.find("\r\n");
        const auto line = head.substr(0, line_end);
        asked.method = line.substr(0, line.find(' '));
        asked.target = line.substr(asked.method.size() + 1, line.rfind(' ') - asked.method.size() - 1);
        for (auto at = line_end + 2; at < head.size();) {
            const auto end = head.find("\r\n", at);
            const auto field = head.substr(at, end - at);
            const auto colon = field.find(':');
            auto value = field.substr(colon + 1);
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            asked.fields.add(std::string{field.substr(0, colon)}, std::string{value});
            at = end + 2;
        }
        return asked;
    }

    static asio::awaitable<void> reply(std::shared_ptr<State> state, Reply reply) {
        if (reply.wire == Reply::Wire::silent) co_return;
        auto slept = co_await state->siigo.clock_.sleep_for(reply.takes);
        if (!slept) co_return;
        if (reply.wire != Reply::Wire::reset) {
            state->unread += "HTTP/1.1 " + std::to_string(reply.status) + " X\r\n";
            for (const auto& [name, value] : reply.fields.all()) state->unread += name + ": " + value + "\r\n";
            state->unread += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
            state->unread +=
                reply.body.substr(0, reply.wire == Reply::Wire::cut ? reply.body.size() / 2 : reply.body.size());
        }
        if (reply.wire != Reply::Wire::whole) state->ended = true;
        state->deliver();
    }

    std::shared_ptr<State> state_;
};

asio::awaitable<Result<std::unique_ptr<ByteStream>>> ScriptedSiigo::connect(Endpoint, Steady) {
    if (refuses_connections) co_return Errc::closed;
    ++connections_;
    co_return std::unique_ptr<ByteStream>{std::make_unique<Stream>(*this)};
}

std::size_t ScriptedSiigo::count(std::string_view target) const {
    return static_cast<std::size_t>(std::count_if(
        asked_.begin(), asked_.end(), [&](const Asked& asked) { return asked.target.starts_with(target); }));
}

}  // namespace stockcast::test
