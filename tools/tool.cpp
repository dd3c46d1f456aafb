#include "tool.hpp"

#include "stockcast/base/instant.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

namespace stockcast::tool {
namespace {

bool is_seq(const std::string& text) {
    constexpr std::size_t digits_max = 19;  // what is longer is past every seq
    return !text.empty() && text.size() <= digits_max && text.find_first_not_of("0123456789") == std::string::npos;
}

CLI::Validator check(Language language, bool seq_too) {
    return CLI::Validator(
        [language, seq_too](const std::string& text) {
            if (Instant::parse(text) || (seq_too && is_seq(text))) return std::string{};
            const Sentence time{" is no time such as 2025-01-20 or 2025-01-20T10:30:00Z",
                                " no es una fecha como 2025-01-20 o 2025-01-20T10:30:00Z"};
            const Sentence either{" is neither a seq nor a time such as 2025-01-20T10:30:00Z",
                                  " no es un seq ni una fecha como 2025-01-20T10:30:00Z"};
            return text + in_language(seq_too ? either : time, language);
        },
        "");
}

}  // namespace

int run(const char* name, Sentence description, int argc, char** argv,
        const std::function<void(Declaration& options, Language language)>& declare, const std::function<int()>& work) {
    // A reader that closes the pipe (`| head`) ends the tool by an error on write, so that a copy is still removed.
    std::signal(SIGPIPE, SIG_IGN);
    std::ios::sync_with_stdio(false);
    const auto language = language_from_environment();
    CLI::App app{in_language(description, language), name};
    begin_declaration(app, language);
    Declaration options{app, language};
    declare(options, language);
    add_views(app, language);
    if (const auto ended = parse_arguments(app, argc, argv, language)) return *ended;

    const auto told = [](const std::string& what, int code) {
        std::fprintf(stderr, "❌ %s\n", what.c_str());
        return code;
    };
    try {
        return work();
    } catch (const CLI::ValidationError& error) {
        return told(error.what(), 2);
    } catch (const StoreRefused& refused) {
        return told(language == Language::spanish ? refused.spanish() : refused.what(), failed);
    } catch (const std::exception& error) {
        return told(error.what(), failed);
    }
}

CLI::Validator time(Language language) {
    return check(language, /*seq_too=*/false);
}

CLI::Validator time_or_seq(Language language) {
    return check(language, /*seq_too=*/true);
}

}  // namespace stockcast::tool
