#pragma once

#include "stockcast/app/settings.hpp"

#include <string>
#include <vector>

namespace stockcast {

/// One line of what a command found out: good, worth a thought, or wrong with its remedy.
struct Remark {
    enum class Kind { good, warning, bad } kind;
    Complaint text;

    static Remark good(std::string english, std::string spanish) {
        return {Kind::good, {std::move(english), std::move(spanish)}};
    }
    static Remark warning(std::string english, std::string spanish) {
        return {Kind::warning, {std::move(english), std::move(spanish)}};
    }
    static Remark bad(std::string english, std::string spanish) {
        return {Kind::bad, {std::move(english), std::move(spanish)}};
    }
};
using Remarks = std::vector<Remark>;

/// `✅`, `⚠` or `❌` and the text, on standard output.
void print(const Remark& finding, Language language);

}  // namespace stockcast
