#include "net/request_parser.hpp"
#include "net/server_on_pipes.hpp"

#include <catch2/catch.hpp>

using namespace stockcast;
using namespace stockcast::test;

namespace {

struct Bad {
    int status;
    std::string_view why;
    std::string request;
};

std::string with_nul(std::string_view before, std::string_view after) {
    return std::string{before} + '\0' + std::string{after};
}

std::vector<Bad> bad_requests() {
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
    std::string many_fields = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 101; ++i) many_fields += "X: y\r\n";
    return {
        {400, "both lengths", start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, "both lengths, other order", start + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
        {400, "two lengths", start + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
        {400, "two equal lengths", start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        {400, "a list of lengths", start + "Content-Length: 3, 3\r\n\r\nabc"},
        {400, "a signed length", start + "Content-Length: +3\r\n\r\nabc"},
        {400, "a negative length", start + "Content-Length: -3\r\n\r\nabc"},
        {400, "a hexadecimal length", start + "Content-Length: 0x3\r\n\r\nabc"},
        {400, "an empty length", start + "Content-Length: \r\n\r\nabc"},
        {400, "a length past 64 bits", start + "Content-Length: 99999999999999999999\r\n\r\nabc"},
        {413, "a length past every limit", start + "Content-Length: 999999999999\r\n\r\nabc"},
        {400, "another transfer coding than chunked", start + "Transfer-Encoding: gzip\r\n\r\nabc"},
        {400, "chunked is not the last", start + "Transfer-Encoding: chunked, gzip\r\n\r\nabc"},
        {501, "gzip then chunked", start + "Transfer-Encoding: gzip, chunked\r\n\r\nabc"},
        {400, "chunked twice in a list", start + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
        {400, "an empty coding", start + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"},
        {400, "identity", start + "Transfer-Encoding: identity\r\n\r\n"},
        {400, "chunked with a parameter", start + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
        {400, "a coding that only looks like it", start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {400, "chunked twice", start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, "chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, "bare LF", "GET / HTTP/1.1\nHost: a\n\n"},
        {400, "bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
        {400, "bare CR", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"},
        {400, "obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"},
        {400, "a space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        {400, "a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        {400, "NUL in a value", with_nul("GET / HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n")},
        {400, "a control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n"},
        {400, "DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n"},
        {400, "a form feed for a space", "GET\f/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "NUL in a name", with_nul("GET / HTTP/1.1\r\nHost: a\r\nX", "Y: z\r\n\r\n")},
        {400, "a byte past ASCII in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\xc3\xb1: z\r\n\r\n"},
        {400, "a tab before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX\t: z\r\n\r\n"},
        {400, "NUL in the target", with_nul("GET /", " HTTP/1.1\r\nHost: a\r\n\r\n")},
        {400, "a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"},
        {400, "a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"},
        {400, "no Host", "GET / HTTP/1.1\r\n\r\n"},
        {400, "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {400, "an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n"},
        {400, "a Host that is a URL", "GET / HTTP/1.1\r\nHost: http://a/\r\n\r\n"},
        {400, "a Host with user", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"},
        {400, "a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n"},
        {400, "a Host with a port past 65535", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"},
        {400, "a Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"},
        {400, "a Host that is no IPv6", "GET / HTTP/1.1\r\nHost: [:::1]\r\n\r\n"},
        {400, "a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        {400, "a Host with text behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"},
        {400, "a Host with half an escape", "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"},
        {400, "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "a bad Host beside an absolute target", "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "no Host beside an absolute target", "GET http://a/ HTTP/1.1\r\n\r\n"},
        {400, "two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
        {400, "two Authorizations", "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\n\r\n"},
        {400, "two Content-Types", start + "Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n"},
        {400, "two Origins", "GET / HTTP/1.1\r\nHost: a\r\nOrigin: x\r\norigin: x\r\n\r\n"},
        {501, "an authority for a target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "a star for a target", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "more than a star", "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "an absolute target without a host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "an empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "a relative target", "GET a/b HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "an absolute target with user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "no version (HTTP/0.9)", "GET /\r\n\r\n"},
        {400, "two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "a lower-case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n"},
        {400, "a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {505, "HTTP/2", "PRI * HTTP/2.0\r\n\r\n"},
        {505, "HTTP/0.9 by name", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
        {505, "HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"},
        {400, "a version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
        {400, "a version without a minor", "GET / HTTP/1\r\nHost: a\r\n\r\n"},
        {400, "text behind the version", "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n"},
        {400, "TLS on a plain port", "\x16\x03\x01\x02"},
        {400, "two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {414, "a long target", "GET /" + std::string(17'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
        {431, "a long field", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n"},
        {431, "many fields", many_fields + "\r\n"},
        {417, "an unknown expectation", start + "Content-Length: 1\r\nExpect: miracles\r\n\r\nx"},
        {417, "two expectations, one known",
         start + "Content-Length: 1\r\nExpect: 100-continue\r\nExpect: miracles\r\n\r\nx"},
        {400, "a chunk size that is none", start + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"},
        {400, "a chunk size past 64 bits", start + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc"},
        {400, "a chunk longer than it says", start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"},
        {400, "bare LF after a chunk's size", start + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"},
        {400, "a long chunk extension",
         start + "Transfer-Encoding: chunked\r\n\r\n3;x=" + std::string(300, 'y') + "\r\nabc\r\n0\r\n\r\n"},
        {400, "a negative chunk size", start + "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n"},
        {400, "a chunk size with 0x", start + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n"},
        {400, "a space before a chunk size", start + "Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n"},
        {400, "a space behind a chunk size", start + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n"},
        {400, "NUL in a chunk extension",
         with_nul(start + "Transfer-Encoding: chunked\r\n\r\n1;a=", "\r\na\r\n0\r\n\r\n")},
        {400, "bare LF in a chunk extension", start + "Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\na\r\n0\r\n\r\n"},
        {400, "no CRLF behind a chunk", start + "Transfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n"},
        {400, "a trailer that is no field", start + "Transfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n\r\n"},
        {400, "a folded trailer", start + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n"},
        {400, "a long trailer",
         start + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(20'000, 'x') + "\r\n\r\n"},
        {400, "an endless chunk size",
         start + "Transfer-Encoding: chunked\r\n\r\n" + std::string(20'000, '0') + "\r\n"},
    };
}

}  // namespace

TEST_CASE("what is not HTTP, or can be read in two ways, is refused and the connection closed", "[net][http]") {
    for (const auto& bad : bad_requests()) {
        ServerOnPipes on;
        const auto client = on.connect();
        // A second request hides behind the first: it must never be seen as one.
        const auto answer = on.exchange(*client, bad.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        INFO(bad.why << ": " << answer);
        CHECK(statuses(answer) == std::vector{bad.status});
        CHECK(client->is_ended());
        CHECK(on.handler.handled.empty());
    }
}

TEST_CASE("a bad request gets the same verdict byte by byte", "[net][http]") {
    for (const auto& bad : bad_requests()) {
        if (bad.status == 413) continue;  // the limit is the server's, not the parser's
        RequestParser parser{16 * 1024};
        std::string unread;
        for (const char c : bad.request) {
            unread += c;
            unread.erase(0, parser.feed(unread));
            if (parser.state() == RequestParser::State::complete || parser.state() == RequestParser::State::refused)
                break;
        }
        INFO(bad.why);
        REQUIRE(parser.state() == RequestParser::State::refused);
        CHECK(static_cast<int>(parser.refusal().status) == bad.status);
        CHECK_FALSE(parser.refusal().detail.empty());
    }
}

TEST_CASE("one empty line before a request is forgiven", "[net][http]") {
    ServerOnPipes on;
    const auto client = on.connect();
    CHECK(statuses(on.exchange(*client, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")) == std::vector{200});
}

TEST_CASE("unusual but right requests are taken", "[net][http]") {
    const std::string request = GENERATE(
        as<std::string>{}, "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET / HTTP/1.9\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "GET / HTTP/1.1\r\nHost: 192.0.2.1:65535\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: xn--and-6ma2c.example\r\n\r\n", "GET /%C3%B1?a=\xc3\xb1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: caf\xc3\xa9\tand tabs\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1;ext=\"quoted; x\"\r\na\r\n0\r\nTrailer: x\r\n\r\n",
        "GET / HTTP/1.0\r\nExpect: miracles\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY:  spaced \t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [2001:db8::1]:5000\r\n\r\n", "BREW / HTTP/1.1\r\nhOsT: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    ServerOnPipes on;
    const auto client = on.connect();
    CHECK(statuses(on.exchange(*client, request)) == std::vector{200});
}
