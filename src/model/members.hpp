#pragma once

#include <cstddef>
#include <string_view>

namespace stockcast {

/// Calls `each(name, value)` for the members of a JSON object's text, both as they are spelt there. For text that a
/// writer of ours made (compact, or with white space): it is not checked again, only never read past its end.
/// Copying members this way costs a look at each byte, where parsing and writing them again costs ten times that.
template <class Each>
void for_each_member(std::string_view object, Each each) {
    std::size_t at = 0;
    const auto skip_space = [&] { at = object.find_first_not_of(" \t\r\n", at); };
    const auto skip_string = [&] {
        for (++at; at < object.size() && object[at] != '"'; ++at) at += object[at] == '\\' ? 1U : 0U;
        ++at;
    };

    skip_space();
    if (at >= object.size() || object[at] != '{') return;
    for (;;) {
        ++at;  // `{` or `,`
        skip_space();
        if (at >= object.size() || object[at] != '"') return;
        const auto name_at = at;
        skip_string();
        if (at >= object.size()) return;
        const auto name = object.substr(name_at + 1, at - name_at - 2);

        at = object.find(':', at);
        if (at == std::string_view::npos) return;
        ++at;
        skip_space();
        const auto value_at = at;
        for (int depth = 0; at < object.size();) {
            const char c = object[at];
            if (c == '"') {
                skip_string();
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}')) break;
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at;
        }
        if (at >= object.size()) return;

        auto value = object.substr(value_at, at - value_at);
        value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
        each(name, value);
        if (object[at] == '}') return;
    }
}

}  // namespace stockcast
