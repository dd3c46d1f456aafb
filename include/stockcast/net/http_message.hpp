#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast {

/// Fields of an HTTP message in their order; names compare without case (RFC 9110 §5.1).
class HttpFields {
public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    void set(std::string_view name, std::string value);  ///< replaces all of that name
    /// The first of that name, empty when there is none.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request as it came in, its body complete (or empty while only the header has been judged).
struct HttpRequest {
    std::string method;  ///< `GET`, as sent
    std::string target;  ///< origin form: path and query, as sent; `*` of an OPTIONS that asks of the server
    HttpFields fields;
    std::string body;
    std::string peer;  ///< address of the connection's other end
    bool secure = false;
};

/// A body made piece by piece while it is sent, so that a large answer never stands in memory as a whole.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// The next piece; an empty one is the end. An error ends the connection without the body's end, so that the
    /// client sees that it is cut. Asked for only when the piece before has been taken by the socket.
    virtual asio::awaitable<Result<std::string>> next() = 0;
};

struct HttpResponse {
    unsigned status = 200;
    HttpFields fields;  ///< Content-Length or Transfer-Encoding, Date, Connection are added by the server
    std::string body;
    std::shared_ptr<BodySource> source;  ///< set: the body comes from here (chunked; to the close for HTTP/1.0)
    bool close = false;                  ///< end the connection after this answer
};

/// The standard phrase of a status (RFC 9110 §15), such as `Not Found`; `Unknown` for one that has none.
std::string_view reason_phrase(unsigned status);

/// The pieces of a message's head as they go over the wire. Line breaks inside a value become spaces.
void append_status_line(std::string& out, unsigned status);
void append_field(std::string& out, std::string_view name, std::string_view value);
/// Status line, the response's own fields and nothing else, and the empty line: for HttpHandler::take_over(), which
/// writes its answer (101, or the head of an event stream) itself.
std::string head_of(const HttpResponse& response);

}  // namespace stockcast
