#pragma once

#include "http/query.hpp"
#include "http/services.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/http/jwt.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/net/http_server.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// Who may come in, and by which limit.
enum class Entry {
    health,  ///< anyone, without a limit
    open,    ///< anyone, limited by address
    secret,  ///< whoever has the webhook secret as the path's argument; limited by what the ledger takes
    viewer,  ///< a token; limited by token
    admin,   ///< a token of that role
    stream,  ///< as viewer, but the token may also come where a browser can put it, and STREAM_PUBLIC opens it
};

enum class BodyKind {
    none,    ///< what is sent is not looked at; a little is let through, since many clients send `{}` with every POST
    json,    ///< anything that is not called JSON is refused before it is read
    judged,  ///< the handler judges it, since a refusal is logged too
};

/// What a query parameter holds: for the router only its name counts, OpenAPI is made from the rest.
enum class ParameterKind { text, whole, boolean, time, quantity, duration, list };
struct Parameter {
    std::string_view name;
    ParameterKind kind;
    std::string_view means;
};

struct Route;

/// A request on its way into its handler.
struct Call {
    HttpRequest request;
    std::vector<std::string> arguments;  ///< of the path, decoded
    Query query;
    std::optional<Caller> caller;  ///< where a token was shown
    std::string request_id;
    Steady begun;  ///< when its header was there
};

using Handler = asio::awaitable<HttpResponse> (*)(Services& services, Call call);

/// How a connection leaves HTTP and what becomes of it.
struct Stream {
    /// What is wrong with the request, before anything is answered. The token is good.
    std::optional<HttpResponse> (*judge)(const ApiSettings& settings, const HttpRequest& head, const Query& query);
    /// The head that opens it, 101 or 200.
    HttpResponse (*opening)(const Call& call);
    /// Hands the connection on.
    void (*serve)(Services& services, Call call, TakenOver connection);
};

/// One line of the table.
struct Route {
    std::string_view method;
    std::string_view pattern;  ///< `/api/products/{id}`: a braced segment is an argument
    Entry entry;
    BodyKind body;
    std::span<const Parameter> parameters;
    Handler handler;  ///< null: the connection leaves HTTP, see `stream`
    std::string_view means;
    const Stream* stream = nullptr;
};

/// Whether its answers carry an ETag: those that tell of data, and the client for pages, which each page asks for again.
/// Health and metrics are asked for to be new.
bool is_tagged(const Route& route);

/// Every endpoint: the only place that says which there are.
std::span<const Route> routes();

struct Found {
    static constexpr std::size_t arguments_max = 2;
    const Route* route = nullptr;                           ///< null: none for this method
    std::array<std::string_view, arguments_max> arguments;  ///< as sent
    std::size_t argument_count = 0;
    std::string allow;  ///< methods of that path; empty: no such path
};
/// HEAD goes where GET goes.
Found find_route(std::string_view method, std::string_view path);

/// Whether `path` is of that form; its arguments, which are never empty, in their order.
bool matches(std::string_view pattern, std::string_view path, Found& found);

}  // namespace stockcast
