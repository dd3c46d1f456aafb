#include "app/local_server.hpp"

#include "app/failure.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace stockcast {
namespace {

/// HOST as something to connect to: every address is also loopback.
std::string reachable(const std::string& host) {
    boost::system::error_code bad;
    const auto address = asio::ip::make_address(host, bad);
    if (bad || !address.is_unspecified()) return host;
    return address.is_v6() ? "::1" : "127.0.0.1";
}

std::shared_ptr<TlsClientContext> pinned(const std::string& cert_file) {
    try {
        return cert_file.empty() ? std::make_shared<TlsClientContext>("") : TlsClientContext::pinned_to(cert_file);
    } catch (const std::exception& why) {
        throw Failure{std::string{"TLS_CERT_FILE: "} + why.what(), std::string{"TLS_CERT_FILE: "} + why.what()};
    }
}

}  // namespace

LocalServer::LocalServer(const Settings& settings, std::uint16_t port, Workers& workers, Clock& clock, Log& log)
    : endpoint_{!settings.tls_cert_file.empty(), reachable(settings.host), port},
      connector_(make_connector(pinned(settings.tls_cert_file), workers, clock, log)),
      clock_(clock) {}

asio::awaitable<LocalServer::Answer> LocalServer::ask(std::string method, std::string target, std::string token,
                                                      std::chrono::milliseconds limit) {
    HttpClientRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.fields.add("Accept", "application/json");
    if (!token.empty()) request.fields.add("Authorization", "Bearer " + token);
    // A connection for each question: between two the server may have been restarted.
    HttpClient client{*connector_, endpoint_, HttpUrl{endpoint_, ""}.host_field(), {}, clock_};
    co_return co_await client.exchange(std::move(request), clock_.now() + limit);
}

std::string LocalServer::address() const {
    return address_of(endpoint_);
}

Json json_of(const HttpResponse& answer) {
    auto body = parse_json(answer.body, {.bytes = std::size_t{16} << 20});
    return body ? std::move(*body) : Json{};
}

std::string text_at(const Json& object, std::initializer_list<std::string_view> path) {
    const Json* at = &object;
    for (const auto name : path)
        if (!(at = at->find(name))) return {};
    if (const auto* text = at->if_string()) return *text;
    if (const auto* number = at->if_number()) return number->text;
    if (const auto* flag = at->if_bool()) return *flag ? "true" : "false";
    return {};
}

std::optional<std::uint64_t> whole_at(const Json& object, std::initializer_list<std::string_view> path) {
    const auto text = text_at(object, path);
    std::uint64_t number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string address_of(const Endpoint& endpoint) {
    return (endpoint.secure ? "https://" : "http://") + HttpUrl{endpoint, ""}.host_field();
}

}  // namespace stockcast
