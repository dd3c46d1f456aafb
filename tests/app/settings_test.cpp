#include "stockcast/app/settings.hpp"

#include <catch2/catch.hpp>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

SettingsSource source(std::map<std::string, std::string> environment, std::map<std::string, std::string> files = {}) {
    SettingsSource from;
    from.environment = std::move(environment);
    from.read_file = [files = std::move(files)](const std::string& path) -> std::optional<std::string> {
        const auto at = files.find(path);
        return at == files.end() ? std::nullopt : std::optional{at->second};
    };
    return from;
}

std::map<std::string, std::string> credentials() {
    return {
        {"SIIGO_USERNAME", "api@acme.co"}, {"SIIGO_ACCESS_KEY", "s3cret-access-key"}, {"SIIGO_PARTNER_ID", "acmeShop"}};
}

std::string all_text(const CheckedSettings& checked) {
    std::string text;
    for (const auto& complaint : checked.complaints) text += complaint.english + "\n" + complaint.spanish + "\n";
    for (const auto& warning : checked.warnings) text += warning.english + "\n" + warning.spanish + "\n";
    return text;
}

TEST_CASE("without any setting the server says which credentials are missing", "[settings]") {
    const auto checked = check_settings(source({}), Needs::server);
    REQUIRE(checked.complaints.size() == 1);
    CHECK(checked.complaints[0].english ==
          "Missing SIIGO credentials: SIIGO_USERNAME, SIIGO_ACCESS_KEY, SIIGO_PARTNER_ID");
}

TEST_CASE("credentials are not asked of a command that does not use SIIGO", "[settings]") {
    CHECK(check_settings(source({}), Needs::store).complaints.empty());
    CHECK(check_settings(source({{"SIIGO_ENABLED", "false"}}), Needs::server).complaints.empty());
}

TEST_CASE("with the credentials alone every default of interface.md holds", "[settings]") {
    const auto checked = check_settings(source(credentials()), Needs::server);
    REQUIRE(checked.complaints.empty());
    CHECK(checked.warnings.empty());
    const auto& s = checked.settings;
    CHECK(s.company == "main");
    CHECK(s.siigo_base_url == "https://api.siigo.com");
    CHECK(s.siigo_requests_per_minute == 80);
    CHECK(s.siigo_request_spacing == 200ms);
    CHECK(s.sync_interval == 5min);
    CHECK(s.sync_full_interval == 24h);
    CHECK(s.sync_batch_size == 50);
    CHECK(s.host == "0.0.0.0");
    CHECK(s.port == 5000);
    CHECK(s.data_dir == "./data");
    CHECK(s.max_connections == 20'000);
    CHECK(s.max_connections_per_address == 1'000);
}

TEST_CASE("a wrong value is refused with its name, the value and what is accepted", "[settings]") {
    struct Row {
        const char* name;
        const char* value;
        const char* accepted;
    };
    const auto row = GENERATE(
        Row{"COMPANY", "Acme SAS", "a-z"}, Row{"SIIGO_ENABLED", "yes", "true, false"},
        Row{"SIIGO_PARTNER_ID", "acme-shop", "letters and digits"},
        Row{"SIIGO_BASE_URL", "http://api.siigo.com", "https://"},
        Row{"SIIGO_BASE_URL", "http://localhost.example.com", "https://"},
        Row{"SIIGO_BASE_URL", "http://127.evil.net", "https://"}, Row{"SIIGO_REQUESTS_PER_MINUTE", "0", "1 to 100"},
        Row{"SIIGO_REQUESTS_PER_MINUTE", "101", "1 to 100"}, Row{"SIIGO_REQUEST_SPACING", "61s", "0ms to 1m"},
        Row{"SYNC_INTERVAL", "5", "such as"}, Row{"SYNC_INTERVAL", "0s", "1s to 1d"},
        Row{"SYNC_FULL_INTERVAL", "31d", "1m to 30d"}, Row{"SYNC_BATCH_SIZE", "101", "1 to 100"},
        Row{"SYNC_BATCH_SIZE", "5x", "whole number"},
        Row{"WEBHOOK_BASE_URL", "http://shop.example/api/webhooks", "https://"},
        Row{"WEBHOOK_BASE_URL", "shop.example", "https://"}, Row{"HOST", "localhost", "IP address"},
        Row{"PORT", "65536", "0 to 65535"}, Row{"PORT", "-1", "whole number"},
        Row{"TLS_CERT_FILE", "/nowhere.pem", "can be read"}, Row{"CORS_ORIGINS", "https://a.example/path", "origins"},
        Row{"CORS_ORIGINS", "*", "origins"}, Row{"STREAM_PUBLIC", "1", "true, false"},
        Row{"TRUSTED_PROXIES", "10.0.0.0/8,proxy.example", "networks"}, Row{"RATE_LIMIT_API", "200", "200/s"},
        Row{"RATE_LIMIT_OPEN", "fast", "200/s"}, Row{"LOG_LEVEL", "verbose", "debug, info"},
        Row{"LOG_FORMAT", "xml", "text, json"});
    auto environment = credentials();
    environment[row.name] = row.value;
    const auto checked = check_settings(source(environment), Needs::server);
    INFO(row.name << "=" << row.value << "\n" << all_text(checked));
    REQUIRE_FALSE(checked.complaints.empty());
    const auto& text = checked.complaints[0].english;
    CHECK(text.find(row.name) != std::string::npos);
    // Of a list the entry that is wrong is told.
    const std::string_view value = row.value;
    CHECK(text.find(value.substr(value.find(',') + 1)) != std::string::npos);
    CHECK(text.find(row.accepted) != std::string::npos);
}

TEST_CASE("an empty value counts as not set", "[settings]") {
    const auto checked =
        check_settings(source({{"SIIGO_USERNAME", ""}, {"PORT", ""}, {"WEBHOOK_BASE_URL", ""}}), Needs::server);
    REQUIRE(checked.complaints.size() == 1);
    CHECK(checked.complaints[0].english ==
          "Missing SIIGO credentials: SIIGO_USERNAME, SIIGO_ACCESS_KEY, SIIGO_PARTNER_ID");
    CHECK(check_settings(source({{"SIIGO_USERNAME", ""}}), Needs::store).complaints.empty());
}

TEST_CASE("http is taken on loopback", "[settings]") {
    const auto url =
        GENERATE("http://127.0.0.1:8090", "http://localhost:8090", "http://[::1]:8090", "https://api.siigo.com");
    auto environment = credentials();
    environment["SIIGO_BASE_URL"] = url;
    CHECK(check_settings(source(environment), Needs::server).complaints.empty());
}

TEST_CASE("all complaints are told at once", "[settings]") {
    auto environment = credentials();
    environment["PORT"] = "x";
    environment["LOG_LEVEL"] = "x";
    environment["SYNC_INTERVAL"] = "x";
    CHECK(check_settings(source(environment), Needs::server).complaints.size() == 3);
}

TEST_CASE("a secret's value never stands in a complaint", "[settings]") {
    auto environment = credentials();
    environment["JWT_SECRET"] = "too-short-secret";
    environment["WEBHOOK_SECRET"] = "not good!";
    environment["SIIGO_ACCESS_KEY"] = "line\nbr0ken";
    const auto checked = check_settings(source(environment), Needs::server);
    CHECK(checked.complaints.size() == 3);
    const auto text = all_text(checked);
    CHECK(text.find("too-short") == std::string::npos);
    CHECK(text.find("not good") == std::string::npos);
    CHECK(text.find("br0ken") == std::string::npos);
}

TEST_CASE("a secret comes from the environment, a file or systemd's credentials, in this order", "[settings]") {
    auto environment = credentials();
    environment.erase("SIIGO_ACCESS_KEY");
    environment["CREDENTIALS_DIRECTORY"] = "/run/credentials";
    const std::map<std::string, std::string> files{{"/run/credentials/SIIGO_ACCESS_KEY", "from-systemd\n"},
                                                   {"/key", "from-file\n"}};

    CHECK(check_settings(source(environment, files), Needs::server).settings.siigo_access_key == "from-systemd");
    environment["SIIGO_ACCESS_KEY_FILE"] = "/key";
    CHECK(check_settings(source(environment, files), Needs::server).settings.siigo_access_key == "from-file");
    environment["SIIGO_ACCESS_KEY"] = "from-environment";
    CHECK(check_settings(source(environment, files), Needs::server).settings.siigo_access_key == "from-environment");
}

TEST_CASE("a secret's file that can't be read is named", "[settings]") {
    auto environment = credentials();
    environment["WEBHOOK_SECRET_FILE"] = "/gone";
    const auto checked = check_settings(source(environment), Needs::server);
    REQUIRE(checked.complaints.size() == 1);
    CHECK(checked.complaints[0].english.find("WEBHOOK_SECRET_FILE=/gone") != std::string::npos);
}

TEST_CASE("the environment wins over the .env file", "[settings]") {
    auto from = source(credentials());
    from.env_file = {{"PORT", "6000"}, {"COMPANY", "acme"}};
    from.environment["PORT"] = "7000";
    const auto checked = check_settings(from, Needs::server);
    CHECK(checked.settings.port == 7000);
    CHECK(checked.settings.company == "acme");
}

TEST_CASE("an unknown name with one of our prefixes gets a warning that suggests the nearest", "[settings]") {
    auto environment = credentials();
    environment["SYNC_INTERVALL"] = "5m";
    environment["PATH"] = "/usr/bin";
    const auto checked = check_settings(source(environment), Needs::server);
    REQUIRE(checked.complaints.empty());
    REQUIRE(checked.warnings.size() == 1);
    CHECK(checked.warnings[0].english.find("SYNC_INTERVALL; did you mean SYNC_INTERVAL?") != std::string::npos);
}

TEST_CASE("certificate and key go together", "[settings]") {
    auto environment = credentials();
    environment["TLS_CERT_FILE"] = "/cert.pem";
    const auto checked = check_settings(source(environment, {{"/cert.pem", "x"}}), Needs::server);
    REQUIRE(checked.complaints.size() == 1);
    CHECK(checked.complaints[0].english.find("TLS_KEY_FILE") != std::string::npos);
}

TEST_CASE("durations are a whole number and a unit", "[settings]") {
    CHECK(parse_duration("200ms") == 200ms);
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("24h") == 24h);
    CHECK(parse_duration("30d") == 24h * 30);
    for (const auto* bad :
         {"", "5", "m", "-5s", "1.5s", "5 s", "5S", "99999999999999999999d", "9223372036854775807d"}) {
        INFO(bad);
        CHECK_FALSE(parse_duration(bad));
    }
}

TEST_CASE(".env files hold names, values, comments and quotes", "[settings]") {
    const auto file = parse_env_file(
        "# comment\n\nPORT=6000\r\nexport COMPANY = acme \nQUOTED=\"a b # c\"\nSINGLE='x'\nEMPTY=\nEQUALS=a=b");
    CHECK(file.complaints.empty());
    CHECK(file.values == std::map<std::string, std::string>{{"PORT", "6000"},
                                                            {"COMPANY", "acme"},
                                                            {"QUOTED", "a b # c"},
                                                            {"SINGLE", "x"},
                                                            {"EMPTY", ""},
                                                            {"EQUALS", "a=b"}});
}

TEST_CASE("a line of .env that is nothing of the kind is told by its number, not its text", "[settings]") {
    const auto file = parse_env_file("PORT=1\nSIIGO_ACCESS_KEY secret\n");
    REQUIRE(file.complaints.size() == 1);
    CHECK(file.complaints[0].english.find("line 2") != std::string::npos);
    CHECK(file.complaints[0].english.find("secret") == std::string::npos);
}

}  // namespace
}  // namespace stockcast
