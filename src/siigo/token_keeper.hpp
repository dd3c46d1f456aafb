#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace stockcast::siigo {

/// What `POST /auth` answers.
struct TokenAnswer {
    std::string token;
    std::chrono::seconds life{0};  ///< `expires_in`, within 1 s and 24 h; an hour where SIIGO did not say
    std::string company_key;  ///< the JWT's claim `cloud_tenant_company_key`; empty: has none. Read, never verified
};
/// Errors: `malformed` (no object, no token, one that can't stand in a header).
Result<TokenAnswer> read_token(const Json& body);
/// The claim, without looking at the signature: SIIGO's token is SIIGO's to verify. Empty when there is none.
std::string company_key_of(std::string_view jwt);

/// The one token of one user and access key (each Client has its own keeper, so that a changed key never uses the old
/// key's token on), in memory only. Pure. Renewed at 5/6 of its life; whoever calls meanwhile waits for the same
/// renewal, since one request at a time is under way.
class TokenKeeper {
public:
    /// A 401 on a token younger than this that never worked is no matter of age: a new one would be refused as well.
    static constexpr std::chrono::minutes fresh_for{5};
    /// After an early renewal failed, the token that still holds is used on this long.
    static constexpr std::chrono::minutes renewal_pause{15};

    enum class Need {
        nothing,
        early_renewal,  ///< the token still holds: should the renewal fail, use it on
        token,          ///< none, or it has ended
    };
    Need need(Steady now) const;

    const std::string& token() const { return token_; }
    const std::string& company_key() const { return company_key_; }

    void keep(TokenAnswer answer, Steady now);
    void early_renewal_failed(Steady now) { renew_at_ = now + renewal_pause; }
    /// A call with it was answered otherwise than with 401.
    void worked() { proven_ = true; }
    /// A 401: the token is dropped. True: it had worked, or was old, so get another one and repeat the request once;
    /// false: it was fresh, and asking again would be hammering.
    bool refused(Steady now);
    bool is_fresh(Steady now) const { return !proven_ && now - obtained_ < fresh_for; }

private:
    std::string token_;
    std::string company_key_;
    Steady obtained_{};
    Steady renew_at_{};
    Steady ends_{};
    bool proven_ = false;
};

}  // namespace stockcast::siigo
