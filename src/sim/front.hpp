#pragma once

#include "sim/api.hpp"
#include "sim/commands.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/net/http_server.hpp"

namespace stockcast::sim {

/// Between the connections and the API: the faults that concern a connection rather than an answer.
class Front final : public HttpHandler {
public:
    Front(Api& api, Commands& commands, Faults& faults, Clock& clock);

    std::optional<HttpResponse> judge(const HttpRequest& head) override;
    std::size_t body_limit(const HttpRequest& head) override;
    /// A connection that is to be cut leaves HTTP's own course.
    bool is_upgrade(const HttpRequest& head) override;
    asio::awaitable<HttpResponse> handle(HttpRequest request) override;
    asio::awaitable<void> take_over(HttpRequest request, TakenOver connection) override;
    HttpResponse refuse(unsigned status, std::string_view detail) override;

private:
    Api& api_;
    Commands& commands_;
    Faults& faults_;
    Clock& clock_;
};

}  // namespace stockcast::sim
