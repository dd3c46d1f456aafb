#pragma once

#include <chrono>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace stockcast::e2e {

/// A program under test, run as a child with just the environment given. Killed when the object goes.
class Process {
public:
    /// `output_file`: where its standard output and error go (read by `output`).
    Process(std::vector<std::string> arguments, std::map<std::string, std::string> environment,
            std::string output_file);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Waits until the output holds `text`; false when the process ended or the time was up before.
    bool wait_for_output(const std::string& text, std::chrono::milliseconds limit = std::chrono::seconds{60});
    std::string output() const;
    void signal(int number) const;
    /// The exit code, `128 + signal`, or -1 when it did not end in time.
    int wait(std::chrono::milliseconds limit = std::chrono::seconds{30});
    pid_t pid() const { return pid_; }

private:
    std::string output_file_;
    pid_t pid_ = -1;
    bool ended_ = false;
    int exit_code_ = -1;
};

/// Runs a program to its end; exit code and what it printed.
struct Ran {
    int exit_code;
    std::string output;
};
Ran run_to_end(std::vector<std::string> arguments, std::map<std::string, std::string> environment,
               const std::string& directory);

/// Asks `condition` until it holds or the time is up.
template <class F>
bool eventually(F condition, std::chrono::milliseconds limit = std::chrono::seconds{30});
void pause_briefly();

template <class F>
bool eventually(F condition, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        pause_briefly();
    }
    return true;
}

}  // namespace stockcast::e2e
