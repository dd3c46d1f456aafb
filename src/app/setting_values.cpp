#include "app/setting_values.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace stockcast {
namespace {

constexpr std::size_t secret_file_bytes_max = 16 * 1024;

bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A value as it may stand in a message: short, and without control characters that could forge a line.
std::string shown(std::string_view value) {
    std::string out;
    for (char c : value.substr(0, 80)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    if (value.size() > 80) out += "…";
    return out;
}

std::string in_words(std::chrono::milliseconds duration) {
    const auto ms = duration.count();
    if (ms % 86'400'000 == 0 && ms > 0) return std::to_string(ms / 86'400'000) + "d";
    if (ms % 3'600'000 == 0 && ms > 0) return std::to_string(ms / 3'600'000) + "h";
    if (ms % 60'000 == 0 && ms > 0) return std::to_string(ms / 60'000) + "m";
    if (ms % 1'000 == 0 && ms > 0) return std::to_string(ms / 1'000) + "s";
    return std::to_string(ms) + "ms";
}

std::string trimmed_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

}  // namespace

bool is_company_name(const std::string& text) {
    return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_partner_id(const std::string& text) {
    return text.size() >= 3 && text.size() <= 100 && std::ranges::all_of(text, is_alnum);
}

bool is_one_line(const std::string& text) {
    return !text.empty() && text.size() <= 4096 &&
           std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_http_url(const std::string& text) {
    const auto url = boost::urls::parse_uri(text);
    return url && (url->scheme() == "https" || url->scheme() == "http") && !url->host().empty() &&
           !url->has_userinfo() && !url->has_query() && !url->has_fragment();
}

bool is_webhook_secret(const std::string& text) {
    return text.size() >= 16 && text.size() <= 128 &&
           std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
}

bool is_ip_address(const std::string& text) {
    boost::system::error_code bad;
    boost::asio::ip::make_address(text, bad);
    return !bad;
}

bool is_origin(const std::string& text) {
    const auto url = boost::urls::parse_uri(text);
    return is_http_url(text) && url->encoded_path().empty();
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (bad != std::errc{} || number < 0) return std::nullopt;
    const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    const std::int64_t ms = unit == "ms"  ? 1
                            : unit == "s" ? 1'000
                            : unit == "m" ? 60'000
                            : unit == "h" ? 3'600'000
                            : unit == "d" ? 86'400'000
                                          : 0;
    if (ms == 0 || number > std::numeric_limits<std::int64_t>::max() / 1'000'000 / ms) return std::nullopt;
    return std::chrono::milliseconds{number * ms};
}

namespace {

/// An empty value counts as not set, so that `NAME=` in a copied .env.example means nothing.
std::optional<std::string> value_in(const std::map<std::string, std::string>& values, const std::string& name) {
    const auto at = values.find(name);
    return at == values.end() || at->second.empty() ? std::nullopt : std::optional{at->second};
}

}  // namespace

std::optional<std::string> SettingValues::find(std::string_view name) const {
    auto value = value_in(source_.environment, std::string{name});
    return value ? value : value_in(source_.env_file, std::string{name});
}

std::optional<std::string> SettingValues::read_secret_file(const std::string& path) const {
    auto text = source_.read_file ? source_.read_file(path) : std::nullopt;
    if (!text || text->size() > secret_file_bytes_max) return std::nullopt;
    return trimmed_end(std::move(*text));
}

std::optional<std::string> SettingValues::find_secret(std::string_view name) {
    const std::string itself{name};
    const std::string file_setting = itself + "_FILE";
    // Whatever stands in the environment wins over the .env file, by whichever of the two names.
    for (const auto* values : {&source_.environment, &source_.env_file}) {
        if (auto text = value_in(*values, itself)) return text;
        if (const auto path = value_in(*values, file_setting)) {
            auto text = read_secret_file(*path);
            if (!text) complain(file_setting, *path, "a file that can be read, with the secret in it");
            return text;
        }
        if (values != &source_.environment) continue;
        if (const auto directory = value_in(*values, "CREDENTIALS_DIRECTORY"))
            if (auto text = read_secret_file(*directory + "/" + itself)) return text;
    }
    return std::nullopt;
}

void SettingValues::complain(std::string_view name, std::string_view value, std::string_view accepted) {
    complained_.insert(std::string{name});
    const std::string what = std::string{name} + "=" + shown(value);
    complaints_.push_back({what + " is not accepted; it takes: " + std::string{accepted},
                           what + " no es válido; se acepta: " + std::string{accepted}});
}

void SettingValues::read(std::string_view name, std::string& into, std::string_view accepted, const Check& good) {
    auto text = find(name);
    if (!text) return;
    if (!good(*text)) return complain(name, *text, accepted);
    into = std::move(*text);
}

void SettingValues::read(std::string_view name, bool& into) {
    read_choice(name, into, {{"true", true}, {"false", false}});
}

void SettingValues::read(std::string_view name, std::chrono::milliseconds& into, std::chrono::milliseconds least,
                         std::chrono::milliseconds most) {
    const auto text = find(name);
    if (!text) return;
    const auto value = parse_duration(*text);
    if (!value || *value < least || *value > most)
        return complain(name, *text, in_words(least) + " to " + in_words(most) + ", such as 200ms, 30s, 5m, 24h");
    into = *value;
}

void SettingValues::read_number(std::string_view name, std::uint64_t& into, std::uint64_t least, std::uint64_t most) {
    const auto text = find(name);
    if (!text) return;
    std::uint64_t value = 0;
    const auto [end, bad] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (bad != std::errc{} || end != text->data() + text->size() || value < least || value > most)
        return complain(name, *text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    into = value;
}

void SettingValues::read_secret(std::string_view name, std::string& into, std::string_view accepted,
                                const Check& good) {
    std::optional<std::string> secret;
    read_secret(name, secret, accepted, good);
    if (secret) into = std::move(*secret);
}

void SettingValues::read_secret(std::string_view name, std::optional<std::string>& into, std::string_view accepted,
                                const Check& good) {
    auto text = find_secret(name);
    if (!text) return;
    if (!good(*text)) return complain(name, "(secret)", accepted);
    into = std::move(text);
}

void SettingValues::read_file_name(std::string_view name, std::string& into) {
    auto path = find(name);
    if (!path) return;
    if (path->empty() || !source_.read_file || !source_.read_file(*path))
        return complain(name, *path, "a file that can be read");
    into = std::move(*path);
}

void SettingValues::read_list(std::string_view name, std::vector<std::string>& into, std::string_view accepted,
                              const Check& good) {
    const auto text = find(name);
    if (!text || text->empty()) return;
    std::vector<std::string> items;
    std::string_view rest = *text;
    for (;;) {
        const auto comma = rest.find(',');
        std::string item{rest.substr(0, comma)};
        while (item.starts_with(' ')) item.erase(0, 1);
        while (item.ends_with(' ')) item.pop_back();
        if (!good(item)) return complain(name, item, accepted);
        items.push_back(std::move(item));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    into = std::move(items);
}

}  // namespace stockcast
