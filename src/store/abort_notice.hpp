#pragma once

#include <csignal>
#include <string>

namespace stockcast {

/// While it lives, an assertion of RocksDB ends the process with what is said of a damaged store, in both languages, and
/// exit 1. Debian builds RocksDB with assertions, and some damaged files meet one before a checksum; a bare SIGABRT
/// would tell nobody the way out. Any thread; the youngest one's directory is named.
class AbortNotice {
public:
    explicit AbortNotice(const std::string& directory);
    ~AbortNotice();
    AbortNotice(const AbortNotice&) = delete;
    AbortNotice& operator=(const AbortNotice&) = delete;

private:
    std::string text_;
    const std::string* former_text_;
    struct sigaction former_action_{};
};

}  // namespace stockcast
