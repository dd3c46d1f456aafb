#include "stockcast/base/log.hpp"

#include "base/log_line.hpp"

#include "stockcast/base/json.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

using namespace stockcast;

namespace {

/// The three locale variables as a test wants them; what they were comes back.
class Locale {
public:
    explicit Locale(std::map<std::string, std::string> wanted) {
        for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
            const char* value = std::getenv(name);
            held_[name] = value != nullptr ? std::optional<std::string>{value} : std::nullopt;
            put(name, wanted.contains(name) ? std::optional{wanted[name]} : std::nullopt);
        }
    }
    ~Locale() {
        for (const auto& [name, value] : held_) put(name, value);
    }
    Locale(const Locale&) = delete;
    Locale& operator=(const Locale&) = delete;

private:
    static void put(const std::string& name, const std::optional<std::string>& value) {
        value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
    std::map<std::string, std::optional<std::string>> held_;
};

Language with(std::map<std::string, std::string> variables) {
    const Locale locale{std::move(variables)};
    return language_from_environment();
}

std::string line(std::initializer_list<Field> fields, Mark mark = Mark::webhook) {
    return text_line({LogLevel::info,
                      mark,
                      {"stock of {code}: {n}", "existencias de {code}: {n}"},
                      {fields.begin(), fields.size()},
                      {}},
                     Language::english, "12:00:00");
}

std::string json_of(LogLevel level, Mark mark, Sentence sentence, std::initializer_list<Field> fields,
                    Language language = Language::english) {
    const auto at = *Instant::parse("2025-01-20T10:30:00.123Z");
    return json_line({level, mark, sentence, {fields.begin(), fields.size()}, at}, language);
}

}  // namespace

TEST_CASE("fields stand where the sentence names them", "[log]") {
    CHECK(fill_in("{a} and {b}{a}", {{"a", "x"}, {"b", 5}}) == "x and 5x");
    CHECK(fill_in("{unknown} {a", {{"a", "x"}}) == "{unknown} {a");
    CHECK(fill_in("{{a}}", {{"a", "x"}}) == "{x}");
    CHECK(fill_in("{a}", {{"a", "{a}"}}) == "{a}");  // what a field holds is no sentence
    CHECK(fill_in("{on}", {{"on", true}}) == "true");
    CHECK(fill_in("", {}).empty());
}

TEST_CASE("the language follows the first locale variable that is set", "[log]") {
    CHECK(with({}) == Language::english);
    CHECK(with({{"LANG", "es_CO.UTF-8"}}) == Language::spanish);
    CHECK(with({{"LANG", "es"}}) == Language::spanish);
    CHECK(with({{"LANG", "es.UTF-8"}}) == Language::spanish);
    CHECK(with({{"LANG", "est"}}) == Language::english);
    CHECK(with({{"LANG", "C.UTF-8"}}) == Language::english);
    CHECK(with({{"LC_ALL", "en_US"}, {"LANG", "es_CO"}}) == Language::english);
    CHECK(with({{"LC_ALL", ""}, {"LC_MESSAGES", "es_ES"}, {"LANG", "en_US"}}) == Language::spanish);
}

TEST_CASE("a text line begins with its mark", "[log]") {
    CHECK(line({{"code", "A1"}, {"n", 5}}) == "🔔 12:00:00 stock of A1: 5");
    CHECK(line({{"code", "A1"}, {"n", 5}}, Mark::none) == "12:00:00 stock of A1: 5");
    CHECK(line({}, Mark::sync).starts_with("🔄 "));
    CHECK(line({}, Mark::error).starts_with("❌ "));
    CHECK(line({}, Mark::success).starts_with("✅ "));
}

TEST_CASE("nothing that is logged can forge, hide or turn a line", "[log]") {
    const auto logged = line({{"code", "A\n✅ 12:00:00 all is well\r\t\x1b[2J\x7f"}, {"n", 1}});
    CHECK(logged == "🔔 12:00:00 stock of A\\n✅ 12:00:00 all is well\\r\\t\\u001b[2J\\u007f: 1");
    CHECK(line({{"code", "\u0085\u202E\u2066\u2028"}, {"n", 1}}).find("\\u0085\\u202e\\u2066\\u2028") !=
          std::string::npos);
    CHECK(line({{"code", "\xff\xfe"}, {"n", 1}}).find("\\xff\\xfe") != std::string::npos);
    CHECK(line({{"code", "ñandú 🔔"}, {"n", 1}}).find("ñandú 🔔") != std::string::npos);
}

TEST_CASE("a line has a bound, whatever is logged", "[log]") {
    std::string long_text;
    while (long_text.size() < 100'000) long_text += "ñ";
    const auto text = line({{"code", long_text}, {"n", 1}});
    CHECK(text.size() < 2200);
    CHECK(text.find("\\x") == std::string::npos);  // not cut within a character

    const auto json = json_of(LogLevel::info, Mark::none, {"{code}", ""}, {{"code", long_text}});
    CHECK(json.size() < 3500);
    CHECK(parse_json(json));
}

TEST_CASE("a JSON line is one object with the fields as members", "[log]") {
    const Sentence sentence{"{code} has {n}", "{code} tiene {n}"};
    CHECK(
        json_of(LogLevel::warning, Mark::sync, sentence, {{"code", "A\n"}, {"n", -3}}, Language::spanish) ==
        R"({"time":"2025-01-20T10:30:00.123Z","level":"warning","mark":"sync","message":"A\n tiene -3","code":"A\n","n":-3})");
    CHECK(json_of(LogLevel::error, Mark::none, {"x", "x"}, {{"level", "low"}, {"on", false}}) ==
          R"({"time":"2025-01-20T10:30:00.123Z","level":"error","message":"x","level_":"low","on":false})");
}
