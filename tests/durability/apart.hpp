#pragma once

#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace stockcast::test {

/// How a process of its own ended.
struct EndedApart {
    int status = 0;    ///< as of waitpid(2)
    std::string said;  ///< what it wrote to standard error
};

/// Runs `work` in a child, whose end is not ours; `notes` is a file for what it says. RocksDB's threads don't come along,
/// so this process must not have used it.
template <class Work>
EndedApart run_apart(const std::string& notes, Work work) {
    const auto child = ::fork();
    if (child < 0) throw std::runtime_error{"fork"};
    if (child == 0) {
        const int out = ::open(notes.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(out, STDERR_FILENO);
        work();
        ::_exit(0);
    }
    EndedApart ended;
    ::waitpid(child, &ended.status, 0);
    std::ifstream in{notes, std::ios::binary};
    ended.said = {std::istreambuf_iterator<char>{in}, {}};
    return ended;
}

}  // namespace stockcast::test
