// The server's request parser: any bytes, whole or one by one, get the same requests and the same verdict; what is
// accepted has exactly one reading (one Host, one way of framing), and written out again it is read back the same.
#include "net/request_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using stockcast::HttpRequest;
using stockcast::RequestParser;

namespace {

constexpr std::size_t buffer_bytes = 2048;  // as the connection's: the parser never sees more at once
constexpr std::uint64_t body_bytes_max = 4096;

struct Outcome {
    std::vector<HttpRequest> requests;
    unsigned refused = 0;  ///< status; 0: not refused
};

void require(bool holds) {
    if (!holds) std::abort();
}

/// Feeds through a buffer of fixed size as the connection does, at most `piece` bytes at a time.
Outcome parse(std::string_view bytes, std::size_t piece) {
    Outcome outcome;
    RequestParser parser{buffer_bytes};
    std::string buffer;
    bool judged = false;
    for (;;) {
        buffer.erase(0, parser.feed(buffer));
        switch (parser.state()) {
            case RequestParser::State::refused:
                require(!parser.refusal().detail.empty() && !parser.keep_alive());
                outcome.refused = parser.refusal().status;
                return outcome;
            case RequestParser::State::complete:
                if (!parser.keep_alive()) {
                    outcome.requests.push_back(parser.take());
                    return outcome;
                }
                outcome.requests.push_back(parser.take());
                judged = false;
                continue;
            case RequestParser::State::body:
                if (!judged) {
                    judged = true;
                    parser.limit_body(body_bytes_max);
                    continue;
                }
                break;
            case RequestParser::State::head: break;
        }
        if (bytes.empty()) return outcome;
        const auto count = std::min({piece, bytes.size(), buffer_bytes - buffer.size()});
        require(count > 0);  // the parser refuses what fills the buffer
        buffer += bytes.substr(0, count);
        bytes.remove_prefix(count);
    }
}

bool same(const HttpRequest& a, const HttpRequest& b) {
    return a.method == b.method && a.target == b.target && a.body == b.body && a.fields.all() == b.fields.all();
}

bool same(const Outcome& a, const Outcome& b) {
    return a.refused == b.refused &&
           std::equal(a.requests.begin(), a.requests.end(), b.requests.begin(), b.requests.end(),
                      [](const auto& x, const auto& y) { return same(x, y); });
}

void check(const HttpRequest& request) {
    const bool asks_of_server = request.method == "OPTIONS" && request.target == "*";
    require((request.target.starts_with('/') || asks_of_server) &&
            request.target.find_first_of(" \r\n") == std::string::npos);
    require(request.fields.count("Host") <= 1);
    require(request.fields.count("Content-Length") + request.fields.count("Transfer-Encoding") <= 1);
    require(request.body.size() <= body_bytes_max);
    for (const auto& [name, value] : request.fields.all())
        require(!name.empty() && (name + value).find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);

    std::string again = request.method + " " + request.target + " HTTP/1.1\r\n";
    if (!request.fields.has("Host")) again += "Host: a\r\n";
    for (const auto& [name, value] : request.fields.all()) again += name + ": " + value + "\r\n";
    again += "\r\n";
    if (request.fields.has("Transfer-Encoding")) {
        char size[32];
        std::snprintf(size, sizeof size, "%zx\r\n", request.body.size());
        if (!request.body.empty()) again += size + request.body + "\r\n";
        again += "0\r\n\r\n";
    } else {
        again += request.body;
    }
    if (again.size() - request.body.size() >= buffer_bytes) return;
    const auto outcome = parse(again, again.size());
    // HTTP/1.0 lets pass what 1.1 does not: an expectation is only judged there.
    if (request.fields.has("Expect")) return;
    require(outcome.requests.size() == 1 && outcome.requests[0].method == request.method &&
            outcome.requests[0].target == request.target && outcome.requests[0].body == request.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto whole = parse(bytes, std::max<std::size_t>(size, 1));
    require(same(whole, parse(bytes, 1)));
    require(same(whole, parse(bytes, 7)));
    for (const auto& request : whole.requests) check(request);
    return 0;
}
