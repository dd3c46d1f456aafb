#pragma once

#include "http/query.hpp"

#include "stockcast/base/instant.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/quantity.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stockcast {

/// A place in the log of changes: right after the change of that seq, or as of that time.
using Moment = std::variant<Seq, Instant>;

/// No seq is beyond: readers in other languages have no larger whole numbers.
inline constexpr Seq seq_max = std::numeric_limits<std::int64_t>::max();

/// Reads a query's values. Each getter gives nothing when the parameter is absent, and also when it is not what is
/// accepted: then `complaint()` says so, and the handler answers 400 with it.
class Arguments {
public:
    explicit Arguments(const Query& query) : query_(query) {}

    std::optional<std::string> text(std::string_view name);
    std::optional<std::uint64_t> whole(std::string_view name, std::uint64_t least, std::uint64_t most);
    std::optional<bool> boolean(std::string_view name);  ///< `true` or `false`
    std::optional<Instant> time(std::string_view name);  ///< RFC 3339
    std::optional<Quantity> quantity(std::string_view name);
    std::optional<Seq> seq(std::string_view name);        ///< up to `seq_max`
    std::optional<Moment> moment(std::string_view name);  ///< digits alone: a seq; else RFC 3339
    /// `500ms`, `30s`, `1m`; from nothing to `most`.
    std::optional<std::chrono::milliseconds> duration(std::string_view name, std::chrono::milliseconds most);
    /// `a,b,c`: at least one, none empty, at most `most`. Nothing: absent, or not accepted.
    std::vector<std::string> list(std::string_view name, std::size_t most);
    /// `limit` of every list: 1–1000, 100 where it is absent.
    std::size_t limit();

    /// The first value that was not accepted; empty: all is well.
    const std::string& complaint() const { return complaint_; }
    /// For a value that only the handler can judge.
    void complain(std::string_view name, std::string_view accepted);

private:
    const Query& query_;
    std::string complaint_;
};

}  // namespace stockcast
