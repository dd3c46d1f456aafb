#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/store/keys.hpp"
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

/// Entries as JSON, comma-separated, and the id to give as `before` for the next page; none: that was all.
struct LogPage {
    std::string entries;
    std::optional<LogId> next;
};

enum class Wanted { yes, no };
/// Appends the entry if it is wanted, and says whether. Errors: `store_damaged`.
using AppendEntry = std::function<Result<Wanted>(std::string& out, std::string_view value)>;

/// Newest first. Blocking. Bounded in entries looked at and in bytes, as well as by the limit.
Result<LogPage> read_log(const Store& store, Family family, const LogRange& range, const AppendEntry& append);

}  // namespace stockcast
