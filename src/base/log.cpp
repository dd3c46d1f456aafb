#include "stockcast/base/log.hpp"

#include <cstdlib>

namespace stockcast {

std::string fill_in(std::string_view sentence, std::span<const Field> fields) {
    std::string out;
    out.reserve(sentence.size() + 32);
    while (!sentence.empty()) {
        const auto open = sentence.find('{');
        out += sentence.substr(0, open);
        if (open == std::string_view::npos) break;
        sentence.remove_prefix(open);

        const auto close = sentence.find('}');
        const Field* named = nullptr;
        if (close != std::string_view::npos) {
            const auto name = sentence.substr(1, close - 1);
            for (const auto& field : fields) {
                if (field.name == name) named = &field;
            }
        }
        if (named != nullptr) {
            out += named->value;
            sentence.remove_prefix(close + 1);
        } else {
            out += '{';
            sentence.remove_prefix(1);
        }
    }
    return out;
}

Language language_from_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;  // POSIX: set but empty counts as not set
        const std::string_view locale{value};
        const bool spanish = locale.starts_with("es") && (locale.size() == 2 || locale.find_first_of("_.@-") == 2);
        return spanish ? Language::spanish : Language::english;
    }
    return Language::english;
}

}  // namespace stockcast
