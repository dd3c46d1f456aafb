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

    /// A connection that is to be cut leaves HTTP's own course.
    HttpVerdict judge(const HttpRequest& head) override;
    asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted> admitted) override;
    asio::awaitable<void> take_over(HttpRequest request, std::unique_ptr<Admitted> admitted,
                                    TakenOver connection) override;
    HttpResponse refuse(unsigned status, std::string_view detail) override;

private:
    Api& api_;
    Commands& commands_;
    Faults& faults_;
    Clock& clock_;
};

}  // namespace stockcast::sim
