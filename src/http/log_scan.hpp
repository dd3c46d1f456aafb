#pragma once

#include "http/arguments.hpp"
#include "http/route.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/net/http_message.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// Which part of a log is asked for; ids are in the order of time.
struct LogRange {
    CompanyName company;
    std::optional<LogId> before;  ///< not included
    std::optional<Instant> from;  ///< included
    std::optional<Instant> to;    ///< not included
    std::size_t limit = 100;
};

/// From `limit` and `before`; `from` and `to` are the caller's.
LogRange read_log_range(Arguments& arguments, const CompanyName& company);

enum class Wanted { yes, no };
/// Appends the entry as JSON if it is wanted, and says whether. Errors: `store_damaged`.
using AppendEntry = std::function<Result<Wanted>(std::string& out, std::string_view value)>;

/// A page of a log under the member `name`, newest first. Bounded in entries looked at and in bytes, as well as by the
/// limit; `next` leads on in each case.
asio::awaitable<HttpResponse> answer_log(Services& services, Call call, std::string_view name, Family family,
                                         LogRange range, AppendEntry append);

}  // namespace stockcast
