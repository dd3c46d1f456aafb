#pragma once

#include "stockcast/base/log.hpp"
#include "stockcast/http/limits.hpp"
#include "stockcast/model/ids.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// Everything that can be set, checked as a whole (interface.md, «Settings»). Secrets never reach a log or a complaint.
struct Settings {
    CompanyName company = "main";

    bool siigo_enabled = true;
    std::string siigo_username;
    std::string siigo_access_key;  ///< secret
    std::string siigo_partner_id;
    std::string siigo_base_url = "https://api.siigo.com";
    std::string siigo_ca_file;  ///< empty: the system's trust
    unsigned siigo_requests_per_minute = 80;
    std::chrono::milliseconds siigo_request_spacing{200};

    std::chrono::milliseconds sync_interval{std::chrono::minutes{5}};
    std::chrono::milliseconds sync_full_interval{std::chrono::hours{24}};
    unsigned sync_batch_size = 50;

    std::string webhook_base_url;                        ///< empty: no subscription is made
    std::optional<std::string> webhook_secret;           ///< absent: the store's own, made at the first start
    std::optional<std::string> webhook_secret_previous;  ///< still valid, while `webhook_secret` takes its place

    std::string host = "0.0.0.0";
    std::uint16_t port = 5000;
    std::string tls_cert_file;
    std::string tls_key_file;
    std::uint32_t max_connections = 20'000;
    std::uint32_t max_connections_per_address = 1'000;

    std::string data_dir = "./data";
    std::optional<std::string> jwt_secret;           ///< absent: `DATA_DIR/jwt.key`, made at the first start
    std::optional<std::string> jwt_secret_previous;  ///< its tokens still hold, while `jwt_secret` takes its place
    std::string jwt_public_key_file;
    std::vector<std::string> cors_origins;
    bool stream_public = false;
    TrustedProxies trusted_proxies;
    RateLimit rate_limit_api{200};
    RateLimit rate_limit_open{20};

    std::string alert_webhook_url;                    ///< empty: alerts are POSTed nowhere. May hold a secret
    std::optional<std::string> alert_webhook_secret;  ///< absent: `DATA_DIR/alert.key`, made when it is missing

    LogLevel log_level = LogLevel::info;
    LogFormat log_format = LogFormat::text;

    std::chrono::milliseconds log_retention{std::chrono::hours{24 * 90}};       ///< of webhook and sync logs
    std::chrono::milliseconds changes_retention{std::chrono::hours{24 * 365}};  ///< of changes and of the audit

    bool operator==(const Settings&) const = default;
};

/// One thing that is wrong with a setting, or worth a warning: name, value (never a secret's) and what is accepted.
struct Complaint {
    std::string english;
    std::string spanish;
};

/// What a command needs: only that is demanded, though whatever is set is checked.
enum class Needs {
    store,   ///< DATA_DIR and the keys kept there
    server,  ///< also SIIGO's credentials while it is enabled
};

/// Where names are looked up: the environment, then the `.env` file; and files, for `NAME_FILE` and credentials.
/// Injected, so that tests and the fuzzer have no surroundings.
struct SettingsSource {
    std::map<std::string, std::string> environment;
    std::map<std::string, std::string> env_file;
    /// The file's text, or nothing when it can't be read.
    std::function<std::optional<std::string>(const std::string& path)> read_file;
};

struct CheckedSettings {
    Settings settings;
    std::vector<Complaint> complaints;  ///< empty: it may run. Else exit 2
    std::vector<Complaint> warnings;
    std::set<std::string> wrong;  ///< the settings complained of, by name; in `settings` they have their defaults
};
CheckedSettings check_settings(const SettingsSource& source, Needs needs);

/// `NAME=value` a line; `#` comments, blank lines, an `export ` before it, single or double quotes round the value.
/// A line that is none of these is a complaint with its number.
struct EnvFile {
    std::map<std::string, std::string> values;
    std::vector<Complaint> complaints;
};
EnvFile parse_env_file(std::string_view text);

/// `200ms`, `30s`, `5m`, `24h`, `30d`: a whole number and its unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The process's environment and files. `env_file`: named by `--env-file` (must exist) or, absent, `.env` if it is
/// there. Errors of the file are complaints.
struct Surroundings {
    SettingsSource source;
    std::vector<Complaint> complaints;
};
Surroundings read_surroundings(const std::optional<std::string>& env_file);

}  // namespace stockcast
