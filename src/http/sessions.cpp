#include "http/access.hpp"
#include "http/answer.hpp"
#include "http/handlers.hpp"

#include "stockcast/base/json.hpp"

#include <chrono>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t number_bytes = 12;

}  // namespace

asio::awaitable<HttpResponse> open_session(Services& services, Call call) {
    const auto token = services.access.session_token(call.request);
    if (!token)
        co_return problem(400, "The token must stand in Authorization: Bearer <JWT>; a cookie opens no other session");
    if (token->size() > session_token_bytes_max)
        co_return problem(400, "The token is too long for a cookie: " + std::to_string(session_token_bytes_max) +
                                   " characters are accepted");

    const auto& caller = *call.caller;
    const auto left = std::chrono::floor<std::chrono::seconds>(caller.expires - services.clock.wall());
    const auto lasts = std::max(left, std::chrono::seconds{1});  // a token is good for a minute after its end
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).string("subject", caller.subject);
    json.string("role", caller.role == Role::admin ? "admin" : "viewer").string("expires", caller.expires.to_iso_ms());
    json.close();
    auto response = json_answer(200, std::move(body));
    response.fields.add("Set-Cookie", session_cookie(services.settings, call.request,
                                                     services.random.token(number_bytes), *token, lasts));
    co_return response;
}

asio::awaitable<HttpResponse> end_session(Services& services, Call call) {
    services.access.end_session(call.request);
    auto response = json_answer(200, R"({"success":true})");
    response.fields.add("Set-Cookie", session_cookie(services.settings, call.request, {}, {}, std::chrono::seconds{0}));
    co_return response;
}

asio::awaitable<HttpResponse> issue_ticket(Services& services, Call call) {
    auto ticket = services.access.issue_ticket(call.request, *call.caller, services.random);
    if (!ticket) co_return problem_for_now(429, "Too many tickets are waiting to be used", StreamTickets::lifetime);
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).string("ticket", *ticket);
    json.number("expires_in", StreamTickets::lifetime.count());
    json.close();
    co_return json_answer(200, std::move(body));
}

}  // namespace stockcast
