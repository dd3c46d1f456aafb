#include "siigo/client_impl.hpp"
#include "siigo/text.hpp"

namespace stockcast::siigo {
namespace {

using State = ClientStatus::State;

Sentence sentence_for(State state) {
    switch (state) {
        case State::refused:
            return {
                "SIIGO refuses our credentials again and again: from now on only single calls go out, minutes apart. "
                "Check SIIGO_USERNAME, SIIGO_ACCESS_KEY and SIIGO_PARTNER_ID, and whether SIIGO has blocked the user.",
                "SIIGO rechaza nuestras credenciales una y otra vez: desde ahora solo salen llamadas sueltas, con "
                "minutos "
                "de pausa. Revise SIIGO_USERNAME, SIIGO_ACCESS_KEY y SIIGO_PARTNER_ID, y si SIIGO bloqueó al usuario."};
        case State::probing_only:
            return {
                "Too many calls to SIIGO failed ({failures} of {calls} in 7 days; SIIGO blocks at 80 %): only single "
                "calls go out until it is better.",
                "Fallaron demasiadas llamadas a SIIGO ({failures} de {calls} en 7 días; SIIGO bloquea al 80 %): solo "
                "salen llamadas sueltas hasta que mejore."};
        case State::slowed:
            return {
                "Many calls to SIIGO failed ({failures} of {calls} in 7 days; SIIGO blocks at 80 %): calls go out more "
                "slowly.",
                "Fallaron muchas llamadas a SIIGO ({failures} de {calls} en 7 días; SIIGO bloquea al 80 %): las "
                "llamadas "
                "salen más despacio."};
        case State::breaker_open:
            return {"SIIGO does not answer: only single calls go out until it does.",
                    "SIIGO no responde: solo salen llamadas sueltas hasta que responda."};
        case State::healthy: break;
    }
    return {"SIIGO works again: calls go out as usual.", "SIIGO funciona de nuevo: las llamadas salen como siempre."};
}

std::string_view name_of(Ending ending) {
    switch (ending) {
        case Ending::good: return "good";
        case Ending::not_sent: return "not sent";
        case Ending::lost: return "no answer";
        case Ending::broken: return "no usable answer";
        case Ending::throttled: return "throttled";
        case Ending::refused: return "refused";
        case Ending::not_found: return "not found";
        case Ending::rejected: return "rejected";
    }
    return "";
}

void replace_all(std::string& text, std::string_view secret) {
    if (secret.empty()) return;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
        text.replace(at, secret.size(), "***");
}

}  // namespace

void Client::Impl::tell_state() {
    const auto status = gate.status(moment());
    if (status.state == told_) return;
    told_ = status.state;
    const bool well = status.state == State::healthy;
    log.write(well ? LogLevel::info : LogLevel::warning, well ? Mark::success : Mark::error, sentence_for(status.state),
              {{"failures", status.failures_7d}, {"calls", status.calls_7d}});
}

void Client::Impl::tell_ending(const HttpClientRequest& request, const Try& done, std::string_view network_detail) {
    // What is not there, or will be repeated with a new token, is no news.
    const bool is_news = done.ending != Ending::not_found && !done.token_spent;
    const auto target = request.target.substr(0, request.target.find('?'));
    const auto detail = without_secrets(network_detail.empty() ? done.error.message : std::string{network_detail});
    log.write(is_news ? LogLevel::warning : LogLevel::debug, is_news ? Mark::error : Mark::none,
              {"SIIGO: {method} {target}: {ending} {status} {code} {detail}",
               "SIIGO: {method} {target}: {ending} {status} {code} {detail}"},
              {{"method", request.method},
               {"target", target},
               {"ending", name_of(done.ending)},
               {"status", done.error.status},
               {"code", without_secrets(done.error.code)},
               {"detail", detail}});
}

std::string Client::Impl::without_secrets(std::string text) const {
    replace_all(text, settings.access_key);
    replace_all(text, tokens.token());
    return text;
}

}  // namespace stockcast::siigo
