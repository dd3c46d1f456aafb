#pragma once

#include "stockcast/net/http_message.hpp"
#include "stockcast/sim/simulator.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Answers in SIIGO's shapes.
namespace stockcast::sim {

/// Why a request is refused: one entry of SIIGO's `Errors`.
struct ApiError {
    ApiError() = default;
    ApiError(unsigned http_status, std::string siigo_code, std::string text, std::vector<std::string> concerned)
        : status(http_status), code(std::move(siigo_code)), message(std::move(text)), params(std::move(concerned)) {}

    unsigned status = 400;
    std::string code;  ///< `requests_limit`, …
    std::string message;
    std::vector<std::string> params;
};

template <class T>
using OrError = boost::system::result<T, ApiError>;

HttpResponse json_answer(unsigned status, std::string body);

/// `{"Status", "Errors": [{"Code", "Message", "Params", "Detail"}]}`; members in lower case where the variants say so.
HttpResponse error_answer(const ApiError& error, const Variants& variants);

// The refusals that several endpoints share.
ApiError missing(const std::string& parameter);
ApiError wrong_type(const std::string& parameter);
ApiError no_such(std::string_view what);

}  // namespace stockcast::sim
