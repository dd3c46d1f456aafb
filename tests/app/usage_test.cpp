#include "stockcast/app/usage.hpp"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

namespace stockcast {
namespace {

/// A program with everything that can be declared.
struct Sample {
    explicit Sample(Language language) {
        begin_declaration(program, language);
        Declaration top{program, language};
        top.option("--config", config, "FILE", {"Read this", "Lee esto"});
        program.require_subcommand(0, 1);
        program.fallthrough();
        Declaration copy{top.command("copy", {"Copy it", "Cópialo"}, {"First line.\n.second\n\n  as it is\n", "Una."}),
                         language};
        copy.option("DIR", directory, "DIR", {"Where to: it's [new]", "A dónde"})->required();
        copy.choice("--mode", mode, "MODE", {"fast", "safe"}, {"How", "Cómo"});
        copy.flag("--dry", dry, {"Only tell", "Solo dice"});
    }
    std::optional<int> parse(std::vector<std::string> words) {
        words.insert(words.begin(), "sample");
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        return parse_arguments(program, static_cast<int>(argv.size()), argv.data(), Language::english);
    }

    CLI::App program{"Does things\nMore of it.", "sample"};
    std::string config, directory, mode;
    bool dry = false;
};

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("good arguments are read, wrong ones end with 2", "[usage]") {
    Sample good{Language::english};
    CHECK_FALSE(good.parse({"copy", "--mode=safe", "/x", "--dry", "--config", "c"}));
    CHECK(good.directory == "/x");
    CHECK(good.mode == "safe");
    CHECK(good.dry);
    CHECK(good.config == "c");

    const auto wrong =
        GENERATE(std::vector<std::string>{"copy"}, std::vector<std::string>{"copi"},
                 std::vector<std::string>{"copy", "/x", "/y"}, std::vector<std::string>{"copy", "/x", "--mode", "slow"},
                 std::vector<std::string>{"copy", "/x", "--mode"}, std::vector<std::string>{"--wrong"});
    CHECK(Sample{Language::english}.parse(wrong) == 2);
}

TEST_CASE("--help speaks the reader's language", "[usage]") {
    const auto english = Sample{Language::english}.program.get_subcommand("copy")->help();
    CHECK(holds(english, "Usage: copy [OPTIONS] DIR"));
    CHECK(holds(english, "Only tell"));
    const auto spanish = Sample{Language::spanish}.program.get_subcommand("copy")->help();
    CHECK(holds(spanish, "Uso: copy [OPCIONES] DIR"));
    CHECK(holds(spanish, "Solo dice"));
    CHECK(holds(spanish, "Muestra esta ayuda"));
    CHECK_FALSE(holds(spanish, "Options"));
}

TEST_CASE("a manual page escapes what roff would take for its own", "[usage]") {
    Sample sample{Language::english};
    const auto page = manual_page(sample.program, sample.program.get_subcommand("copy"), Language::english);
    CHECK(page.starts_with(".TH SAMPLE\\-COPY 1 "));
    CHECK(holds(page, "\\fB\\-\\-mode\\fR=\\fBfast\\fR|\\fBsafe\\fR"));
    CHECK(holds(page, "\n\\&.second\n"));
    CHECK(holds(page, ".nf\n  as it is\n.fi\n"));
    CHECK(holds(page, "\\fB\\-\\-dry\\fR\n"));
    CHECK(holds(page, ".BR sample (1)"));
    const auto spanish = manual_page(Sample{Language::spanish}.program, nullptr, Language::spanish);
    CHECK(holds(spanish, "C\\[u00F3]pialo"));
}

TEST_CASE("each shell's completion names commands, options and words", "[usage]") {
    const Sample sample{Language::english};
    for (const auto& name : shell_names()) {
        const auto script = completion_script(sample.program, *shell_named(name));
        INFO(script);
        CHECK(holds(script, "copy"));
        CHECK(holds(script, "mode"));
        CHECK(holds(script, "fast safe"));
    }
    CHECK_FALSE(shell_named("tcsh"));
}

}  // namespace
}  // namespace stockcast
