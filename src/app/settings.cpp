#include "stockcast/app/settings.hpp"

#include "app/alert_poster.hpp"
#include "app/setting_table.hpp"
#include "app/setting_values.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace stockcast {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr hours retention_max{24 * 3650};
/// A name that begins so is meant for us: an unknown one is a slip of the pen.
constexpr std::array our_prefixes{"SIIGO_",   "SYNC_",   "WEBHOOK_", "TLS_",           "JWT_",
                                  "CORS_",    "STREAM_", "TRUSTED_", "RATE_LIMIT_",    "LOG_",
                                  "CHANGES_", "ALERT_",  "DATA_",    "MAX_CONNECTIONS"};

bool is_known(std::string_view name) {
    const auto table = setting_table();
    if (std::ranges::find(table, name, &SettingEntry::name) != table.end()) return true;
    if (!name.ends_with("_FILE")) return false;
    const auto secret = std::ranges::find(table, name.substr(0, name.size() - 5), &SettingEntry::name);
    return secret != table.end() && secret->secret;
}

/// Levenshtein's distance: how many letters must be changed, added or removed.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

void warn_of_unknown_names(const std::map<std::string, std::string>& values, std::vector<Complaint>& warnings) {
    for (const auto& [name, value] : values) {
        const bool ours = std::ranges::any_of(our_prefixes, [&](auto prefix) { return name.starts_with(prefix); });
        if (!ours || is_known(name) || name.size() > 64) continue;
        const auto& closest = std::ranges::min(setting_table(), {},
                                               [&](const SettingEntry& known) { return distance(name, known.name); });
        const std::string nearest{closest.name};
        warnings.push_back({"Unknown setting " + name + "; did you mean " + nearest + "? It is ignored",
                            "Variable desconocida " + name + "; ¿quiso decir " + nearest + "? Se ignora"});
    }
}

bool is_jwt_secret(const std::string& secret) {
    return secret.size() >= 32 && secret.size() <= 4096;
}

bool is_loopback(std::string_view url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed) return false;
    if (parsed->host() == "localhost") return true;
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(parsed->host_address(), no_address);
    return !no_address && address.is_loopback();
}

void read_rate(SettingValues& values, std::string_view name, RateLimit& into) {
    std::string text;
    values.read(name, text, "requests in a time such as 200/s or 600/m; 0: no limit",
                [](const std::string& rate) { return RateLimit::parse(rate).has_value(); });
    if (const auto rate = RateLimit::parse(text)) into = *rate;
}

}  // namespace

CheckedSettings check_settings(const SettingsSource& source, Needs needs) {
    CheckedSettings checked;
    Settings& s = checked.settings;
    SettingValues values{source, checked.complaints};

    values.read("COMPANY", s.company, "1 to 32 of a-z, 0-9 and -", is_company_name);
    values.read("SIIGO_ENABLED", s.siigo_enabled);
    values.read("SIIGO_USERNAME", s.siigo_username, "the API user's name, without line breaks", is_one_line);
    values.read_secret("SIIGO_ACCESS_KEY", s.siigo_access_key, "the API user's access key, without line breaks",
                       is_one_line);
    values.read("SIIGO_PARTNER_ID", s.siigo_partner_id, "3 to 100 letters and digits, no spaces", is_partner_id);
    values.read(
        "SIIGO_BASE_URL", s.siigo_base_url, "https://HOST[:PORT], or http:// on loopback",
        [](const std::string& url) { return is_http_url(url) && (url.starts_with("https://") || is_loopback(url)); });
    values.read_file_name("SIIGO_CA_FILE", s.siigo_ca_file);
    values.read("SIIGO_REQUESTS_PER_MINUTE", s.siigo_requests_per_minute, 1, 100);
    values.read("SIIGO_REQUEST_SPACING", s.siigo_request_spacing, milliseconds{0}, seconds{60});
    values.read("SYNC_INTERVAL", s.sync_interval, seconds{1}, hours{24});
    values.read("SYNC_FULL_INTERVAL", s.sync_full_interval, minutes{1}, hours{24 * 30});
    values.read("SYNC_BATCH_SIZE", s.sync_batch_size, 1, 100);
    values.read("WEBHOOK_BASE_URL", s.webhook_base_url,
                "https://HOST[/PATH] with fewer than 1,800 characters, or http:// on loopback",
                [](const std::string& url) {
                    return is_http_url(url) && url.size() < 1800 && (url.starts_with("https://") || is_loopback(url));
                });
    values.read_secret("WEBHOOK_SECRET", s.webhook_secret, "16 to 128 of A-Z, a-z, 0-9, _ and -", is_webhook_secret);
    values.read_secret("WEBHOOK_SECRET_PREVIOUS", s.webhook_secret_previous, "16 to 128 of A-Z, a-z, 0-9, _ and -",
                       is_webhook_secret);
    values.read("HOST", s.host, "an IP address", is_ip_address);
    values.read("PORT", s.port, 0, 65535);
    values.read_file_name("TLS_CERT_FILE", s.tls_cert_file);
    values.read_file_name("TLS_KEY_FILE", s.tls_key_file);
    values.read("MAX_CONNECTIONS", s.max_connections, 0, 1'000'000);
    values.read("MAX_CONNECTIONS_PER_ADDRESS", s.max_connections_per_address, 0, 1'000'000);
    values.read("DATA_DIR", s.data_dir, "a directory", is_one_line);
    values.read_secret("JWT_SECRET", s.jwt_secret, "at least 32 bytes", is_jwt_secret);
    values.read_secret("JWT_SECRET_PREVIOUS", s.jwt_secret_previous, "at least 32 bytes", is_jwt_secret);
    values.read_file_name("JWT_PUBLIC_KEY_FILE", s.jwt_public_key_file);
    values.read_list("CORS_ORIGINS", s.cors_origins, "origins such as https://shop.example, separated by commas",
                     is_origin);
    values.read("STREAM_PUBLIC", s.stream_public);
    std::vector<std::string> proxies;
    values.read_list("TRUSTED_PROXIES", proxies, "addresses or networks such as 10.0.0.0/8, separated by commas",
                     [](const std::string& entry) { return TrustedProxies::parse({entry}).has_value(); });
    if (auto parsed = TrustedProxies::parse(proxies)) s.trusted_proxies = *std::move(parsed);
    read_rate(values, "RATE_LIMIT_API", s.rate_limit_api);
    read_rate(values, "RATE_LIMIT_OPEN", s.rate_limit_open);
    values.read_secret("ALERT_WEBHOOK_URL", s.alert_webhook_url, "https://HOST[/PATH], or http:// on loopback",
                       [](const std::string& url) {
                           return url.empty() || (url.size() <= 2048 && AlertTarget::parse(url).has_value());
                       });
    values.read_secret("ALERT_WEBHOOK_SECRET", s.alert_webhook_secret, "whsec_ and the base64 of 24 to 64 bytes",
                       [](const std::string& key) { return SigningKey::parse(key).has_value(); });
    values.read_choice("LOG_LEVEL", s.log_level,
                       {{"debug", LogLevel::debug},
                        {"info", LogLevel::info},
                        {"warning", LogLevel::warning},
                        {"error", LogLevel::error}});
    values.read_choice("LOG_FORMAT", s.log_format, {{"text", LogFormat::text}, {"json", LogFormat::json}});
    values.read("LOG_RETENTION", s.log_retention, seconds{1}, retention_max);
    values.read("CHANGES_RETENTION", s.changes_retention, seconds{1}, retention_max);

    checked.wrong = values.complained_of();
    if (s.tls_cert_file.empty() != s.tls_key_file.empty()) {
        const std::string missing = s.tls_cert_file.empty() ? "TLS_CERT_FILE" : "TLS_KEY_FILE";
        checked.wrong.insert(missing);
        checked.complaints.push_back({missing + " is missing: certificate and key go together",
                                      "Falta " + missing + ": el certificado y la llave van juntos"});
    }
    if (s.jwt_secret && !s.jwt_public_key_file.empty()) {
        checked.wrong.insert("JWT_SECRET");
        checked.complaints.push_back(
            {"JWT_SECRET and JWT_PUBLIC_KEY_FILE are both set: tokens are checked with one key",
             "JWT_SECRET y JWT_PUBLIC_KEY_FILE están ambas: los tokens se verifican con una sola llave"});
    }
    const auto goes_with = [&](const std::string& former, const std::string& present) {
        checked.wrong.insert(former);
        checked.complaints.push_back({former + " is set without " + present + ": it is the one before that",
                                      former + " está definida sin " + present + ": es la anterior a esa"});
    };
    if (s.jwt_secret_previous && !s.jwt_secret) goes_with("JWT_SECRET_PREVIOUS", "JWT_SECRET");
    if (s.webhook_secret_previous && !s.webhook_secret) goes_with("WEBHOOK_SECRET_PREVIOUS", "WEBHOOK_SECRET");
    if (needs == Needs::server && s.siigo_enabled) {
        std::string missing;
        const auto need = [&](const char* name, bool there) {
            if (there || checked.wrong.contains(name)) return;
            checked.wrong.insert(name);
            missing += (missing.empty() ? "" : ", ") + std::string{name};
        };
        need("SIIGO_USERNAME", !s.siigo_username.empty());
        need("SIIGO_ACCESS_KEY", !s.siigo_access_key.empty());
        need("SIIGO_PARTNER_ID", !s.siigo_partner_id.empty());
        if (!missing.empty())
            checked.complaints.push_back(
                {"Missing SIIGO credentials: " + missing,
                 "Missing SIIGO credentials: " + missing + " (faltan las credenciales de SIIGO)"});
    }
    if (s.webhook_base_url.starts_with("http://"))
        checked.warnings.push_back(
            {"WEBHOOK_BASE_URL is not https: SIIGO sends to public https addresses only, so no subscription is made",
             "WEBHOOK_BASE_URL no es https: SIIGO solo envía a direcciones https públicas, así que no se crea ninguna "
             "suscripción"});
    warn_of_unknown_names(source.environment, checked.warnings);
    warn_of_unknown_names(source.env_file, checked.warnings);
    return checked;
}

}  // namespace stockcast
