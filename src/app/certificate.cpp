#include "app/certificate.hpp"

#include "app/failure.hpp"

#include "stockcast/base/alerts.hpp"
#include "stockcast/base/metrics.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/within.hpp"

#include <array>
#include <filesystem>
#include <utility>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 5s;
constexpr auto retry_interval = 1h;  // one that is not valid yet becomes so without a change
/// A renewal is due at a third of 90 days, and mostly made by a program: below this it has failed more than once.
constexpr auto warn_before = 21 * 24h;
constexpr std::string_view expiry = "expiry";
constexpr std::string_view replacement = "replacement";

/// A file that is away for a moment is just another value.
std::string change_times_of(const std::array<std::string, 2>& files) {
    std::string times;
    for (const auto& file : files) {
        std::error_code failed;
        const auto at = std::filesystem::last_write_time(file, failed);
        times += failed ? "-" : std::to_string(at.time_since_epoch().count());
        times += ' ';
    }
    return times;
}

double seconds_until(Instant end, Instant now) {
    return std::chrono::duration<double>(end - now).count();
}

}  // namespace

bool FileChanges::look(std::string times) {
    const bool stood_still = times == std::exchange(last_, times);
    if (!stood_still || times == taken_) return false;
    taken_ = std::move(times);
    return true;
}

std::unique_ptr<CertificateWatch> CertificateWatch::make(const Settings& settings, Surrounds with) {
    if (settings.tls_cert_file.empty()) return nullptr;
    return std::unique_ptr<CertificateWatch>{new CertificateWatch{settings, with}};
}

CertificateWatch::CertificateWatch(const Settings& settings, Surrounds with)
    : with_(with), cert_file_(settings.tls_cert_file), key_file_(settings.tls_key_file), asked_(with.executor) {
    try {
        context_ = std::make_shared<TlsServerContext>(cert_file_, key_file_, with_.clock);
    } catch (const std::exception& why) {
        const std::string message = std::string{"TLS_CERT_FILE, TLS_KEY_FILE: "} + why.what();
        throw Failure{message, message};
    }
    with_.metrics.gauge(
        "stockcast_certificate_expires_seconds",
        "Seconds until the TLS certificate's end of validity; negative once it is past.", {},
        [context = context_, &clock = with_.clock] { return seconds_until(context->expires(), clock.wall()); });
}

void CertificateWatch::reload() {
    is_asked_ = true;
    asked_.notify_all();
}

asio::awaitable<void> CertificateWatch::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    FileChanges changes{co_await change_times()};
    for (;;) {
        judge_end();
        if (!is_asked_) {
            auto woken = co_await within(with_.clock, with_.clock.now() + look_interval, asked_.wait());
            if (!woken && woken.error() == Errc::stopping) co_return;
        }
        const bool has_changed = changes.look(co_await change_times());
        const bool is_due = with_.clock.now() >= try_again_;
        if (std::exchange(is_asked_, false) || has_changed || is_due) co_await take();
    }
}

asio::awaitable<void> CertificateWatch::take() {
    const auto refused = co_await offload(with_.workers, [context = context_] { return context->reload(); });
    try_again_ = refused.empty() ? Steady::max() : with_.clock.now() + retry_interval;
    if (refused.empty()) {
        with_.log.info(Mark::success,
                       {"The certificate was read again; valid until {end}",
                        "Se leyó de nuevo el certificado; válido hasta {end}"},
                       {{"end", context_->expires().to_iso_s()}});
        with_.alerts.clear(AlertKind::certificate, replacement,
                           {"A new certificate was taken", "Se aceptó un certificado nuevo"});
        co_return;
    }
    const Sentence kept{"The new certificate is not taken, the old one stays: {reason}",
                        "El certificado nuevo no se acepta, sigue el anterior: {reason}"};
    if (with_.alerts.is_active(AlertKind::certificate, replacement))
        with_.log.error(kept, {{"reason", refused}});  // whoever asked wants to know why it failed again
    else
        with_.alerts.raise(AlertKind::certificate, replacement, kept, {{"reason", refused}});
}

asio::awaitable<std::string> CertificateWatch::change_times() {
    return offload(with_.workers, [files = std::array{cert_file_, key_file_}] { return change_times_of(files); });
}

void CertificateWatch::judge_end() {
    const auto end = context_->expires();
    const auto now = with_.clock.wall();
    if (end - now >= warn_before)
        return with_.alerts.clear(AlertKind::certificate, expiry,
                                  {"The certificate is valid until {end}", "El certificado es válido hasta {end}"},
                                  {{"end", end.to_iso_s()}});
    with_.alerts.raise(AlertKind::certificate, expiry,
                       {"The certificate ends at {end}: renew it", "El certificado vence el {end}: renuévelo"},
                       {{"end", end.to_iso_s()}});
}

}  // namespace stockcast
