#include "app/setting_table.hpp"

#include "stockcast/app/settings.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace stockcast {
namespace {

struct Example {
    std::string name;
    std::string value;
};

/// `.env.example`'s settings in their order; those at their default stand commented out.
std::vector<Example> examples() {
    std::ifstream in{STOCKCAST_SOURCE_DIR "/.env.example"};
    REQUIRE(in);
    std::vector<Example> found;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) line.erase(0, 1);
        const auto equals = line.find('=');
        const auto name = line.substr(0, equals);
        const bool is_setting = equals != std::string::npos && !name.empty() &&
                                name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
        if (is_setting) found.push_back({name, line.substr(equals + 1)});
    }
    return found;
}

TEST_CASE(".env.example explains exactly the settings that there are, each with its default", "[settings]") {
    std::vector<std::string> explained, known;
    for (const auto& [name, value] : examples()) explained.push_back(name + "=" + value);
    for (const auto& entry : setting_table())
        known.push_back(std::string{entry.name} + "=" + std::string{entry.standard});
    CHECK(explained == known);
}

TEST_CASE("the defaults that are told are those that hold when nothing is set", "[settings]") {
    SettingsSource told;
    for (const auto& entry : setting_table()) told.environment.emplace(entry.name, entry.standard);
    const auto checked = check_settings(told, Needs::store);
    CHECK(checked.complaints.empty());
    CHECK(checked.warnings.empty());
    CHECK(checked.settings == Settings{});
}

TEST_CASE("every setting is explained in both languages, and no name stands twice", "[settings]") {
    std::set<std::string_view> names;
    for (const auto& entry : setting_table()) {
        INFO(entry.name);
        CHECK(names.insert(entry.name).second);
        CHECK(entry.meaning.english.ends_with('.'));
        CHECK(entry.meaning.spanish.ends_with('.'));
        CHECK(entry.meaning.english != entry.meaning.spanish);
    }
}

}  // namespace
}  // namespace stockcast
