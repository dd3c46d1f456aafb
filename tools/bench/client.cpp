#include "bench/client.hpp"

#include "bench/incoming_answer.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace stockcast::bench {
namespace {

constexpr int patience_ms = 30'000;
// A page of 1,000 products is more than an ordinary body may be.
constexpr JsonLimits page_limits{.depth = 32, .bytes = std::size_t{64} << 20};

}  // namespace

Server::Server(const std::string& url, std::string token) : token_(std::move(token)) {
    const auto parsed = HttpUrl::parse(url);
    if (!parsed || (!parsed->path.empty() && parsed->path != "/"))
        throw std::runtime_error(url + " is no address such as http://127.0.0.1:5000");
    target_ = {resolve(*parsed), parsed->endpoint.host, parsed->host_field(), nullptr};
    if (!is_loopback(address())) throw std::runtime_error(url + " is not on this machine: give a loopback address");
}

std::string Server::get(const std::string& target, const std::string& accept) const {
    std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + host_field() + "\r\n";
    if (!token_.empty()) request += "Authorization: Bearer " + token_ + "\r\n";
    if (!accept.empty()) request += "Accept: " + accept + "\r\n";
    return request + "\r\n";
}

Client::Client(const Server& server) : server_(server), socket_(connect_to(server.address())) {}

Client::Reply Client::get(const std::string& target) {
    send_whole(socket_.get(), server_.get(target));
    IncomingAnswer answer;
    std::array<char, 64 * 1024> buffer;
    for (bool complete = false; !complete;) {
        pollfd readable{socket_.get(), POLLIN, 0};
        if (::poll(&readable, 1, patience_ms) == 0) throw std::runtime_error(target + ": no answer for 30 s");
        const auto got = ::read(socket_.get(), buffer.data(), buffer.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) throw std::runtime_error(target + ": the server closed the connection");
        complete = answer.take({buffer.data(), static_cast<std::size_t>(got)});
    }
    auto body = parse_json(answer.body(), page_limits);
    if (!body) throw std::runtime_error(target + ": the answer is no JSON");
    return {answer.status(), *std::move(body)};
}

Json Client::get_good(const std::string& target) {
    auto reply = get(target);
    if (reply.status != 200)
        throw std::runtime_error(target + " is answered " + std::to_string(reply.status) + ": " +
                                 text_of(reply.body, "detail"));
    return std::move(reply.body);
}

std::string text_of(const Json& object, std::string_view name) {
    const auto* member = object.find(name);
    const auto* text = member == nullptr ? nullptr : member->if_string();
    return text == nullptr ? std::string{} : *text;
}

const Json::Array& list_of(const Json& object, std::string_view name) {
    static const Json::Array none;
    const auto* member = object.find(name);
    const auto* list = member == nullptr ? nullptr : member->if_array();
    return list == nullptr ? none : *list;
}

}  // namespace stockcast::bench
