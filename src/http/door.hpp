#pragma once

#include "http/access.hpp"
#include "http/route.hpp"

#include "stockcast/http/api.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// What was decided of a request by its header alone: refused with an answer, or let in.
struct Admission final : Admitted {
    std::optional<HttpResponse> refusal;
    const Route* route = nullptr;          ///< null where access was refused
    const Route* refused_route = nullptr;  ///< the one that access was refused to
    std::vector<std::string> arguments;
    Query query;
    std::optional<Caller> caller;
    std::string origin;  ///< the Origin field, for the answer's CORS
    std::size_t body_bytes_max = 0;
    std::string request_id;
    Steady begun;         ///< when the header was there
    std::string address;  ///< who asks, for the log; empty where nothing is going to be logged of it
};

/// What every request passes before its handler sees it: target, route and method, access and limits, declared
/// parameters, kind and length of the body, and what a stream asks. Laid once, so that no handler can
/// forget it.
class Door {
public:
    Door(const ApiSettings& settings, JwtKeys keys, const Clock& clock)
        : settings_(settings), access_(settings, std::move(keys), clock) {}

    std::unique_ptr<Admission> admit(const HttpRequest& head);
    Access& access() { return access_; }
    /// What all answers carry: nosniff, no-store unless the handler said otherwise, CORS, HSTS over TLS.
    void dress(HttpResponse& response, std::string_view origin) const;

private:
    std::optional<HttpResponse> unrouted(const HttpRequest& head, const Found& found);

    const ApiSettings& settings_;
    Access access_;
};

}  // namespace stockcast
