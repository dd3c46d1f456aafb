#pragma once

#include "http/line_budget.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// The console's lines on notifications: one each while somebody could read them, a count in their place when there are
/// more than `lines_per_second`.
class NotificationLines {
public:
    static constexpr std::uint64_t lines_per_second = 20;

    NotificationLines(const Clock& clock, Log& log) : log_(log), budget_(clock, lines_per_second) {}

    /// What became of one. `name` may be empty.
    void tell(const Outcome& outcome, std::string_view code, std::string_view name);
    void refused(unsigned status, std::string_view topic, std::string_view why, std::string_view request_id);

private:
    /// Whether this second has room for a line; the first of a new second tells how many the last one kept back.
    bool has_room();

    Log& log_;
    LineBudget budget_;
};

}  // namespace stockcast
