#include "app/remark.hpp"

#include <cstdio>

namespace stockcast {

void print(const Remark& finding, Language language) {
    const char* sign = finding.kind == Remark::Kind::good ? "✅" : finding.kind == Remark::Kind::warning ? "⚠" : "❌";
    const auto& text = language == Language::spanish ? finding.text.spanish : finding.text.english;
    std::printf("%s %s\n", sign, text.c_str());
    std::fflush(stdout);
}

}  // namespace stockcast
