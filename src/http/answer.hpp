#pragma once

#include "stockcast/base/result.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/siigo/translate.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

HttpResponse json_answer(unsigned status, std::string body);

/// What goes into a problem answer beside status and title.
struct Problem {
    std::string_view detail;
    std::vector<siigo::Complaint> errors = {};  ///< `errors`, when there are any
    std::string_view more = {};                 ///< further members as JSON: `"seq":42,"epoch":"…"`
};
/// RFC 9457, with `"success": false` beside its members. The type is `about:blank`: the status says what kind it is.
HttpResponse problem(unsigned status, const Problem& what);
HttpResponse problem(unsigned status, std::string_view detail);
/// The same with Retry-After.
HttpResponse problem_for_now(unsigned status, std::string_view detail, std::chrono::seconds again_in);

/// The answer for what went wrong in the ledger or the store while serving a request.
HttpResponse failure_answer(boost::system::error_code why);

}  // namespace stockcast
