#pragma once

#include "app/secrets.hpp"
#include "app/upstream.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/http/webhook_secrets.hpp"
#include "stockcast/ledger/ledger.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace stockcast {

/// A notification that SIIGO sent by the former address may still be under way, or be tried again.
inline constexpr std::chrono::minutes former_silence{15};

/// What is known of a rotation that is under way.
struct RotationView {
    bool siigo_has_the_new = false;                       ///< its list shows all of ours with the new address
    std::chrono::steady_clock::duration former_silent{};  ///< since its last use, or since the rotation or our start
};
/// Whether the former secret has served. Pure.
bool may_retire(const RotationView& view);

/// `stockcast rotate-secret` against the running server: a new webhook secret beside the present one, SIIGO told of it,
/// and the former one retired when SIIGO uses the new.
class SecretRotation {
public:
    /// `siigo`: null where SIIGO_ENABLED=false: then nobody is told, and only retire() ends the former one.
    SecretRotation(const Settings& settings, WebhookSecretsHeld held, WebhookSecrets& door, SiigoUpstream* siigo,
                   Ledger& ledger, Surrounds with);

    /// The answering lines of the control socket.
    asio::awaitable<std::string> rotate();
    asio::awaitable<std::string> retire();
    /// Retires the former one when that may be; returns when cancelled (total).
    asio::awaitable<void> run();

private:
    asio::awaitable<Result<void>> let_former_go();

    const Settings& settings_;
    std::string present_;
    WebhookSecrets& door_;
    SiigoUpstream* siigo_;
    Ledger& ledger_;
    Surrounds with_;
    Steady began_;  ///< of the rotation, or of this process
    bool rotating_ = false;
};

}  // namespace stockcast
