#include "e2e/process.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace stockcast::e2e {

void pause_briefly() {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

Process::Process(std::vector<std::string> arguments, std::map<std::string, std::string> environment,
                 std::string output_file)
    : output_file_(std::move(output_file)) {
    std::vector<std::string> pairs;
    for (const auto& [name, value] : environment) pairs.push_back(name + "=" + value);
    // What the sanitizers and the dynamic linker need of our own surroundings.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH", "PATH"})
        if (const char* value = std::getenv(name); value && !environment.contains(name))
            pairs.push_back(std::string{name} + "=" + value);
    std::vector<char*> argv, envp;
    for (auto& argument : arguments) argv.push_back(argument.data());
    for (auto& pair : pairs) envp.push_back(pair.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    const int out = ::open(output_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) throw std::runtime_error("can't write " + output_file_);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing outlives an aborted test
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(out);
    if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::~Process() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string Process::output() const {
    std::ifstream in{output_file_, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

bool Process::wait_for_output(const std::string& text, std::chrono::milliseconds limit) {
    return eventually(
               [&] { return output().find(text) != std::string::npos || wait(std::chrono::milliseconds{0}) != -1; },
               limit) &&
           output().find(text) != std::string::npos;
}

void Process::signal(int number) const {
    if (!ended_) ::kill(pid_, number);
}

int Process::wait(std::chrono::milliseconds limit) {
    const auto over = [this] {
        if (ended_) return true;
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
        ended_ = true;
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
    };
    if (limit.count() == 0) return over() ? exit_code_ : -1;
    return eventually(over, limit) ? exit_code_ : -1;
}

Ran run_to_end(std::vector<std::string> arguments, std::map<std::string, std::string> environment,
               const std::string& directory) {
    static int count = 0;
    Process process{std::move(arguments), std::move(environment),
                    directory + "/run-" + std::to_string(++count) + ".out"};
    const int code = process.wait(std::chrono::seconds{60});
    return {code, process.output()};
}

}  // namespace stockcast::e2e
