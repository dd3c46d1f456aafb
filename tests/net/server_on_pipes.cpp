#include "net/server_on_pipes.hpp"

#include <boost/asio/co_spawn.hpp>

#include <charconv>
#include <stdexcept>

namespace stockcast::test {

asio::awaitable<Result<std::string>> ScriptedSource::next() {
    if (script_.gate != nullptr) {
        auto woken = co_await script_.gate->wait();
        if (!woken) co_return woken.error();
    }
    if (script_.asked++ < script_.pieces.size()) co_return script_.pieces[script_.asked - 1];
    if (script_.throws) throw std::runtime_error{"a bug in the source"};
    if (script_.fails) co_return Errc::store_damaged;
    co_return std::string{};
}

asio::awaitable<HttpResponse> ScriptedHandler::handle(HttpRequest request, std::unique_ptr<Admitted>) {
    handled.push_back(request);
    if (throws) throw std::runtime_error{"a bug"};
    if (request.target == "/slow") {
        auto woken = co_await gate->wait();
        if (!woken) co_return refuse(503, "cut short");
    }
    HttpResponse response;
    response.fields.add("Content-Type", "text/plain");
    response.body = request.target == "/large" ? large : request.method + " " + request.target + " " + request.body;
    if (request.target == "/nothing") response.status = 204;
    if (request.target == "/stream") response.source = std::make_shared<ScriptedSource>(script);
    co_return response;
}

asio::awaitable<void> ScriptedHandler::take_over(HttpRequest, std::unique_ptr<Admitted>, TakenOver connection) {
    taken_over = connection.already_read;
    auto sent = co_await write_all(*connection.stream, "left HTTP");
    std::string more(16, '\0');
    auto count = co_await read_some(*connection.stream, asio::buffer(more));
    if (count) taken_over += more.substr(0, *count);
    (void)sent;
}

ServerOnPipes::ServerOnPipes(HttpLimits limits)
    : server(io.get_executor(), {"127.0.0.1", 0}, std::move(limits), handler, nullptr, clock, log),
      doors(io.get_executor(), clock, log) {
    doors.spawn("listener", server.run(doors));
    settle();
}

ServerOnPipes::~ServerOnPipes() {
    if (!wound_down_) wind_down(std::chrono::milliseconds{1});
}

std::unique_ptr<PipeStream> ServerOnPipes::connect(std::size_t capacity) {
    auto [client, server_end] = PipeStream::make(io.get_executor(), capacity);
    server.adopt(std::move(server_end), doors);
    settle();
    return std::move(client);
}

std::string ServerOnPipes::exchange(PipeStream& client, std::string_view bytes) {
    client.put(bytes);
    std::string answers;
    for (;;) {
        settle();
        const auto part = client.take();
        if (part.empty()) return answers;
        answers += part;
    }
}

bool ServerOnPipes::wind_down(std::chrono::milliseconds patience) {
    wound_down_ = true;
    bool ended = false;
    asio::co_spawn(io, doors.wind_down(patience), [&ended](std::exception_ptr) { ended = true; });
    settle();
    const bool by_itself = ended;
    while (!ended) advance(patience);
    return by_itself;
}

std::vector<int> statuses(std::string_view bytes) {
    std::vector<int> found;
    while (bytes.starts_with("HTTP/1.1 ")) {
        int status = 0;
        std::from_chars(bytes.data() + 9, bytes.data() + 12, status);
        found.push_back(status);
        const auto head_end = bytes.find("\r\n\r\n");
        if (head_end == std::string_view::npos) throw std::runtime_error{"half a header"};
        const auto head = bytes.substr(0, head_end + 2);
        bytes.remove_prefix(head_end + 4);
        const auto field = head.find("\r\nContent-Length: ");
        if (field == std::string_view::npos) continue;
        std::size_t length = 0;
        std::from_chars(head.data() + field + 18, head.data() + head.size(), length);
        bytes.remove_prefix(std::min(length, bytes.size()));
    }
    if (!bytes.empty()) throw std::runtime_error{"no answer: " + std::string{bytes.substr(0, 40)}};
    return found;
}

}  // namespace stockcast::test
