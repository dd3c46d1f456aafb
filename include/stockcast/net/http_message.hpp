#pragma once

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
    std::string target;  ///< origin form: path and query, as sent
    HttpFields fields;
    std::string body;
    std::string peer;    ///< address of the connection's other end
    bool secure = false;
};

class ByteStream;

struct HttpResponse {
    unsigned status = 200;
    HttpFields fields;  ///< Content-Length, Date, Connection are added by the server
    std::string body;
    bool close = false; ///< end the connection after this answer
};

}  // namespace stockcast
