#pragma once

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

    NotificationLines(const Clock& clock, Log& log) : clock_(clock), log_(log) {}

    /// What became of one. `name` may be empty.
    void tell(const Outcome& outcome, std::string_view code, std::string_view name);
    void refused(unsigned status, std::string_view topic, std::string_view why);

private:
    /// Whether this second has room for a line; the first of a new second tells how many the last one kept back.
    bool has_room();

    const Clock& clock_;
    Log& log_;
    Steady second_;
    std::uint64_t lines_ = 0;
    std::uint64_t kept_back_ = 0;
};

}  // namespace stockcast
