#pragma once

#include "e2e/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <string>

// What the clients of the tests share.
namespace stockcast::e2e {

using boost::asio::ip::tcp;
using boost::system::error_code;

inline tcp::endpoint loopback(std::uint16_t port) {
    return {boost::asio::ip::address_v4::loopback(), port};
}

/// Runs `io` until `done` or the time is up. The operation that was cut off must not outlive what it uses: the caller
/// ends.
inline bool run_until(boost::asio::io_context& io, const bool& done, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done && std::chrono::steady_clock::now() < end) {
        io.restart();
        io.run_one_until(end);
    }
    return done;
}

/// Status and fields.
inline Answer head_taken(const boost::beast::http::response_header<>& response) {
    Answer answer;
    answer.status = response.result_int();
    for (const auto& field : response) {
        std::string name{field.name_string()};
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        answer.fields[name] = std::string{field.value()};
    }
    return answer;
}

}  // namespace stockcast::e2e
