#pragma once

#include "stockcast/app/settings.hpp"

#include <chrono>
#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast {

bool is_company_name(const std::string& text);
bool is_partner_id(const std::string& text);  ///< siigo-api.md: 3–100 alphanumeric characters
bool is_one_line(const std::string& text);    ///< not empty, no control characters
bool is_http_url(const std::string& text);    ///< http(s), a host, no user, query or fragment
bool is_webhook_secret(const std::string& text);
bool is_ip_address(const std::string& text);
bool is_origin(const std::string& text);  ///< RFC 6454: scheme, host, port and nothing more

/// Reads settings one by one into their variables, which keep their defaults when nothing is set; whatever is wrong is
/// a complaint, so that all of them are told at once.
class SettingValues {
public:
    SettingValues(const SettingsSource& source, std::vector<Complaint>& complaints)
        : source_(source), complaints_(complaints) {}

    using Check = std::function<bool(const std::string&)>;
    void read(std::string_view name, std::string& into, std::string_view accepted, const Check& good);
    void read(std::string_view name, bool& into);
    void read(std::string_view name, std::chrono::milliseconds& into, std::chrono::milliseconds least,
              std::chrono::milliseconds most);
    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    void read(std::string_view name, T& into, std::uint64_t least, std::uint64_t most) {
        std::uint64_t value = into;
        read_number(name, value, least, most);
        into = static_cast<T>(value);
    }
    /// Also from the file that NAME_FILE names, or from `$CREDENTIALS_DIRECTORY/NAME` (systemd).
    void read_secret(std::string_view name, std::string& into, std::string_view accepted, const Check& good);
    void read_secret(std::string_view name, std::optional<std::string>& into, std::string_view accepted,
                     const Check& good);
    /// A file that can be read.
    void read_file_name(std::string_view name, std::string& into);
    void read_list(std::string_view name, std::vector<std::string>& into, std::string_view accepted, const Check& good);
    template <class E>
    void read_choice(std::string_view name, E& into, std::initializer_list<std::pair<const char*, E>> choices) {
        const auto text = find(name);
        if (!text) return;
        std::string accepted;
        for (const auto& [word, value] : choices) {
            if (*text == word) {
                into = value;
                return;
            }
            accepted += (accepted.empty() ? "" : ", ") + std::string{word};
        }
        complain(name, *text, accepted);
    }

    /// The names of those that were wrong.
    const std::set<std::string>& complained_of() const { return complained_; }

private:
    std::optional<std::string> find(std::string_view name) const;
    std::optional<std::string> find_secret(std::string_view name);
    std::optional<std::string> read_secret_file(const std::string& path) const;
    void read_number(std::string_view name, std::uint64_t& into, std::uint64_t least, std::uint64_t most);
    void complain(std::string_view name, std::string_view value, std::string_view accepted);

    const SettingsSource& source_;
    std::vector<Complaint>& complaints_;
    std::set<std::string> complained_;
};

}  // namespace stockcast
