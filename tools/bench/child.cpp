#include "bench/child.hpp"

#include "bench/socket.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stockcast::bench {

Child::Child(const char* name, const std::function<void(const TellPort&)>& serve) {
    int ends[2];
    if (::pipe(ends) != 0) fail("pipe");
    const Descriptor read_end{ends[0]};
    Descriptor write_end{ends[1]};
    pid_ = ::fork();
    if (pid_ < 0) fail("fork");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        try {
            serve([&](std::uint16_t port) {
                if (::write(write_end.get(), &port, sizeof port) != static_cast<ssize_t>(sizeof port)) fail("write");
            });
        } catch (const std::exception& error) {
            std::fprintf(stderr, "stockcast-bench: %s: %s\n", name, error.what());
        }
        ::_exit(1);
    }
    write_end = {};
    if (::read(read_end.get(), &port_, sizeof port_) == static_cast<ssize_t>(sizeof port_)) return;
    ::waitpid(pid_, nullptr, 0);
    throw std::runtime_error(std::string{name} + " did not come up");
}

Child::~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void stay_on_core(int core) {
    if (core < 0) return;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<unsigned>(core), &cores);
    if (::sched_setaffinity(0, sizeof cores, &cores) != 0) fail("core " + std::to_string(core));
}

}  // namespace stockcast::bench
