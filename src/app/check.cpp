// `stockcast check`: what is wrong with the configuration and the surroundings, a line each with its remedy.
#include "app/check_surroundings.hpp"
#include "app/local_server.hpp"
#include "app/process.hpp"
#include "app/public_address.hpp"
#include "app/reason_log.hpp"
#include "app/upstream.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/base/within.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/stat.h>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

constexpr auto siigo_patience = 30s;
constexpr auto local_patience = 5s;
/// Tokens and stamps bear a minute; more is a clock that nobody keeps.
constexpr auto clock_tolerance = 60s;

/// The journal of one question: what the server wrote is heeded, but only the server writes (a `check` that ran as root
/// would leave files that it can't open).
class ReadOnlyJournal final : public siigo::ClientJournal {
public:
    asio::awaitable<Result<void>> save(std::string) override { co_return Result<void>{}; }
};

Remark clock_finding(std::chrono::seconds ahead) {
    const auto off = std::to_string(std::chrono::abs(ahead).count());
    return Remark::bad("The clock is " + off + " s " + (ahead.count() > 0 ? "ahead of" : "behind") +
                           " SIIGO's; let the system keep it: timedatectl set-ntp true",
                       "El reloj está " + off + " s " + (ahead.count() > 0 ? "adelantado" : "atrasado") +
                           " respecto al de SIIGO; deje que el sistema lo ajuste: timedatectl set-ntp true");
}

Remark siigo_finding(const Result<void>& asked, const siigo::ClientStatus& status, const std::string& reason) {
    const auto why = reason.empty() ? std::string{} : " (" + reason + ")";
    if (asked) {
        const auto company = status.company_key.empty() ? std::string{} : " (" + status.company_key + ")";
        return Remark::good("SIIGO accepts the credentials" + company, "SIIGO acepta las credenciales" + company);
    }
    const auto detail = status.detail.empty() ? why : " (" + status.detail + ")";
    if (asked.error() == Errc::siigo_unauthorized)
        return Remark::bad("SIIGO refuses the credentials" + detail +
                               ". Check SIIGO_USERNAME, SIIGO_ACCESS_KEY and SIIGO_PARTNER_ID against Alianzas › Mi "
                               "credencial API, and whether SIIGO blocked the user",
                           "SIIGO rechaza las credenciales" + detail +
                               ". Compare SIIGO_USERNAME, SIIGO_ACCESS_KEY y SIIGO_PARTNER_ID con Alianzas › Mi "
                               "credencial API, y vea si SIIGO bloqueó al usuario");
    if (asked.error() == Errc::siigo_throttled)
        return Remark::warning(
            "SIIGO can't be asked now: its quota is used up" + detail + "; check again in a minute",
            "No se puede preguntar a SIIGO ahora: se agotó el cupo" + detail + "; revise de nuevo en un minuto");
    return Remark::bad(
        "SIIGO does not answer" + why + ". Check the network, DNS and the firewall of this machine, and SIIGO_BASE_URL",
        "SIIGO no responde" + why + ". Revise la red, DNS y el cortafuegos de este equipo, y SIIGO_BASE_URL");
}

/// One question about the credentials, within what the server's journal allows.
asio::awaitable<Remarks> ask_siigo(const Settings& settings, std::string journal, Connector& connector,
                                   Process& process, ReasonLog& log) {
    ReadOnlyJournal unwritten;
    siigo::Client client{client_settings(settings), std::move(journal), unwritten,      connector,
                         process.io.get_executor(), process.clock,      process.random, log};
    const auto asked = co_await within(process.clock, process.clock.now() + siigo_patience, client.authenticate());
    const auto status = client.status();
    Remarks findings{siigo_finding(asked, status, log.take())};
    if (status.clock_ahead && std::chrono::abs(*status.clock_ahead) > clock_tolerance)
        findings.push_back(clock_finding(*status.clock_ahead));
    co_return findings;
}

/// The server that holds the store: does it answer where these settings say?
asio::awaitable<Remark> ask_server(LocalServer& server) {
    const auto answer = co_await server.ask("GET", "/healthz", "", local_patience);
    if (answer && answer->status == 200)
        co_return Remark::good("The server answers at " + server.address(),
                               "El servidor responde en " + server.address());
    co_return Remark::bad("A server runs on this store, but does not answer at " + server.address() +
                              ": it was started with another HOST, PORT or certificate. Restart it",
                          "Un servidor usa este almacén, pero no responde en " + server.address() +
                              ": se inició con otro HOST, PORT o certificado. Reinícielo");
}

class Checkup {
public:
    Checkup(CheckedSettings checked, Language language) : checked_(std::move(checked)), language_(language) {}

    int run() {
        const bool configured = tell_settings();
        if (is_right({"DATA_DIR", "COMPANY"})) look_at_disk();
        if (is_right({"DATA_DIR", "JWT_SECRET", "JWT_PUBLIC_KEY_FILE"})) tell(check_token_key(settings()));
        if (is_right({"TLS_CERT_FILE", "TLS_KEY_FILE", "WEBHOOK_BASE_URL"}))
            tell(check_tls(settings(), process_.clock));
        if (is_right({"HOST", "PORT", "TLS_CERT_FILE", "TLS_KEY_FILE"})) look_at_port();
        if (is_right({"SIIGO_ENABLED", "SIIGO_USERNAME", "SIIGO_ACCESS_KEY", "SIIGO_PARTNER_ID", "SIIGO_BASE_URL",
                      "SIIGO_CA_FILE", "SIIGO_REQUESTS_PER_MINUTE"}))
            look_at_siigo();
        if (is_right({"WEBHOOK_BASE_URL"})) look_at_public_address();
        if (is_right({"ALERT_WEBHOOK_URL"})) look_at_alert_receiver();
        if (!configured) return 2;
        return all_good_ ? 0 : 1;
    }

private:
    const Settings& settings() const { return checked_.settings; }
    /// What depends on a setting that is wrong would be told of its default.
    bool is_right(std::initializer_list<const char*> names) const {
        return std::ranges::none_of(names, [&](const char* name) { return checked_.wrong.contains(name); });
    }

    void tell(const Remark& finding) {
        all_good_ &= finding.kind != Remark::Kind::bad;
        print(finding, language_);
    }
    void tell(const Remarks& findings) {
        for (const auto& finding : findings) tell(finding);
    }

    bool tell_settings() {
        for (const auto& complaint : checked_.complaints) tell({Remark::Kind::bad, complaint});
        for (const auto& warning : checked_.warnings) tell({Remark::Kind::warning, warning});
        if (!checked_.complaints.empty()) return false;
        tell(Remark::good("The settings are in order", "La configuración está en orden"));
        return true;
    }

    void look_at_disk() {
        auto findings = check_data_directory(settings().data_dir);
        store_ = look_into_store(settings(), process_.random, findings);
        tell(findings);
    }

    void look_at_port() {
        if (store_.state != StoreFacts::State::served) return tell(check_listening(settings()));
        if (settings().port == 0) return;  // only the server knows which one it took
        try {
            LocalServer server{settings(), settings().port, process_.workers, process_.clock, log_};
            tell(run_to_end(process_, ask_server(server)));
        } catch (const Failure&) {
            // A certificate that can't be read has been told already.
        }
    }

    void look_at_siigo() {
        if (!settings().siigo_enabled)
            return tell(Remark::warning("SIIGO_ENABLED=false: SIIGO is not asked; the store changes by webhooks alone",
                                        "SIIGO_ENABLED=false: no se consulta a SIIGO; solo cambian los webhooks"));
        try {
            const auto connector = make_connector(siigo_trust(settings()), process_.workers, process_.clock, log_);
            tell(run_to_end(process_, ask_siigo(settings(), store_.siigo_journal, *connector, process_, log_)));
        } catch (const Failure& unusable) {
            tell(Remark::bad(unusable.what(), unusable.spanish()));
        }
    }

    void look_at_public_address() {
        if (settings().webhook_base_url.empty())
            return tell(Remark::warning(
                "WEBHOOK_BASE_URL is not set: SIIGO sends nothing here, changes come with the poll alone "
                "(SYNC_INTERVAL)",
                "Falta WEBHOOK_BASE_URL: SIIGO no envía nada aquí, los cambios llegan solo por consulta "
                "(SYNC_INTERVAL)"));
        const auto connector = public_connector();
        PublicAddress address{settings().webhook_base_url, *connector, process_.clock, log_};
        tell(run_to_end(process_, address.look(store_.state == StoreFacts::State::served)));
    }

    void look_at_alert_receiver() {
        if (settings().alert_webhook_url.empty()) return;
        const auto connector = public_connector();
        tell(
            run_to_end(process_, check_alert_receiver(settings().alert_webhook_url, *connector, process_.clock, log_)));
    }

    /// With the system's trust.
    std::unique_ptr<Connector> public_connector() {
        return make_connector(std::make_shared<TlsClientContext>(""), process_.workers, process_.clock, log_);
    }

    CheckedSettings checked_;
    Language language_;
    ReasonLog log_{language_};
    Process process_{log_};
    StoreFacts store_;
    bool all_good_ = true;
};

}  // namespace

Remarks check_token_key(const Settings& settings) {
    if (settings.jwt_secret || !settings.jwt_public_key_file.empty()) return {};
    const auto path = settings.data_dir + "/jwt.key";
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) return {};  // made at the first start
    if ((facts.st_mode & 077) == 0) return {};
    return {Remark::bad(path + " is open to other users, who can sign tokens with it: chmod 600 " + path,
                        path + " está abierto a otros usuarios, que pueden firmar tokens: chmod 600 " + path)};
}

int check(CheckedSettings checked, Language language) {
    return Checkup{std::move(checked), language}.run();
}

}  // namespace stockcast
