#include "http/siigo_failure.hpp"

#include "http/answer.hpp"

#include <algorithm>
#include <string>

namespace stockcast {

HttpResponse siigo_failure_answer(const Services& services, boost::system::error_code why) {
    const auto upstream = services.upstream.status();
    const auto with_detail = [&](std::string text) {
        if (!upstream.siigo_detail.empty()) text.append(": ").append(upstream.siigo_detail);
        return text;
    };
    const auto wait = std::clamp(upstream.wait, std::chrono::seconds{5}, std::chrono::seconds{3'600});
    if (!upstream.enabled)
        return problem_for_now(503, "SIIGO_ENABLED is false here: SIIGO is not asked", std::chrono::seconds{3'600});
    if (why == Errc::siigo_unavailable) return problem(502, with_detail("SIIGO gave no usable answer"));
    if (why == Errc::siigo_rejected || why == Errc::siigo_not_found)
        return problem(502, with_detail("SIIGO refused the request"));
    if (why == Errc::siigo_unauthorized) return problem(502, with_detail("SIIGO refuses the credentials"));
    if (why == Errc::malformed) return problem(502, "SIIGO's answer can't be read");
    if (why == Errc::siigo_throttled)
        return problem_for_now(503, with_detail("SIIGO's quota, or what is left of it for this, is used up"), wait);
    if (why == Errc::timed_out) return problem_for_now(503, with_detail("SIIGO did not answer in time"), wait);
    return failure_answer(why);
}

}  // namespace stockcast
