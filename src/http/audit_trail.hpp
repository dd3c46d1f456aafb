#pragma once

#include "http/query.hpp"
#include "http/route.hpp"

#include "stockcast/http/api.hpp"
#include "stockcast/model/logs.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// Whether it opens or ends a browser's session.
bool is_session(const Route& route);
/// Whether what becomes of this route's requests is written down: all that administers, and the sessions.
bool is_audited(const Route& route);

/// Who did what through the API (`GET /api/audit`), durable through the ledger. An action is written down before it
/// begins and once more with its end, so that none is ever missing, even if the server dies in between. What costs
/// nobody anything to make, refused attempts and logins, is noted: alike ones of a minute are one entry with a count,
/// and beyond `noted_a_minute` different ones only a count is kept, so that no flood of them fills the disk.
class AuditTrail {
public:
    static constexpr std::size_t noted_a_minute = 10;

    AuditTrail(const ApiSettings& settings, Ledger& ledger, const Clock& clock, Log& log)
        : settings_(settings), ledger_(ledger), clock_(clock), log_(log) {}

    /// Who asks for what, without its end.
    AuditEntry entry_of(const HttpRequest& request, const std::optional<Caller>& caller, std::string request_id) const;
    /// Errors: the ledger's.
    asio::awaitable<Result<void>> write(AuditEntry entry);
    /// Written by the next flush().
    void note(AuditEntry entry);
    /// Writes what was noted. That it can't be is told once, and tried again.
    asio::awaitable<void> flush();

private:
    struct Noted {
        AuditEntry entry;
        bool is_written = false;
    };
    void begin_minute(Steady now);

    const ApiSettings& settings_;
    Ledger& ledger_;
    const Clock& clock_;
    Log& log_;
    std::deque<Noted> noted_;      ///< of this minute, and earlier ones that are not written yet
    std::size_t this_minute_ = 0;  ///< so many at its end
    Steady minute_;
    bool failing_ = false;
};

/// The query's parameters, and the body's members where it is a small JSON object, as one JSON object; secrets masked,
/// long texts cut. Empty: there are none.
std::string audited_parameters(const Query& query, std::string_view body);

}  // namespace stockcast
