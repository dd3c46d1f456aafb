#pragma once

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/siigo/client.hpp"

#include <chrono>
#include <cstdint>

namespace stockcast {

/// Whether webhooks are silent while polls find changes that they should have told. Pure.
class WebhookSilence {
public:
    static constexpr std::chrono::hours silent_after{2};
    static constexpr std::uint64_t unannounced_least = 3;  ///< one may just have come between

    explicit WebhookSilence(Steady now) : heard_(now) {}

    /// So many notifications came since the store was made.
    void count(std::uint64_t webhooks, Steady now);
    /// A pass found so many changes that no webhook had told.
    void find(std::uint64_t unannounced) { unannounced_ += unannounced; }
    bool is_silent(Steady now) const { return unannounced_ >= unannounced_least && now - heard_ >= silent_after; }
    std::uint64_t unannounced() const { return unannounced_; }
    std::chrono::hours silent_for(Steady now) const { return std::chrono::floor<std::chrono::hours>(now - heard_); }

private:
    std::uint64_t webhooks_ = 0;
    std::uint64_t unannounced_ = 0;  ///< since the last notification
    Steady heard_;                   ///< the last one, or the start
};

/// Raises the alerts that how SIIGO stands with us gives rise to: credentials refused, the breaker open, webhooks silent.
class SiigoWatch {
public:
    /// `expects_webhooks`: we subscribe, so that silence means something. (Where somebody else does, it does once one
    /// came.)
    SiigoWatch(const siigo::Client& client, const Ledger& ledger, bool expects_webhooks, Clock& clock, Alerts& alerts)
        : client_(client),
          ledger_(ledger),
          expects_webhooks_(expects_webhooks),
          clock_(clock),
          alerts_(alerts),
          silence_(clock.now()) {}

    /// A pass has ended.
    void note(const SyncLog& run);
    /// Looks every few seconds; returns when cancelled (total).
    asio::awaitable<void> run();

private:
    void look();

    const siigo::Client& client_;
    const Ledger& ledger_;
    bool expects_webhooks_;
    Clock& clock_;
    Alerts& alerts_;
    WebhookSilence silence_;
};

}  // namespace stockcast
