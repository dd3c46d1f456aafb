#include "stockcast/base/log.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace stockcast;

namespace {

/// Standard output goes into a pipe while this lives.
class CapturedOutput {
public:
    CapturedOutput() {
        std::fflush(stdout);
        REQUIRE(pipe(ends_) == 0);
        saved_ = dup(STDOUT_FILENO);
        REQUIRE(dup2(ends_[1], STDOUT_FILENO) >= 0);
        close(ends_[1]);
    }
    ~CapturedOutput() {
        restore();
        close(ends_[0]);
    }
    CapturedOutput(const CapturedOutput&) = delete;
    CapturedOutput& operator=(const CapturedOutput&) = delete;

    /// The next lines, waiting for them; an empty text when none comes for ten seconds.
    std::string read_some() {
        pollfd ready{ends_[0], POLLIN, 0};
        if (poll(&ready, 1, 10'000) <= 0) return {};
        std::string out(65'536, '\0');
        const auto n = read(ends_[0], out.data(), out.size());
        out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return out;
    }

    /// Everything up to the end. The log must be closed.
    std::string read_rest() {
        restore();
        std::string out;
        for (auto part = read_some(); !part.empty(); part = read_some()) out += part;
        return out;
    }

private:
    void restore() {
        if (saved_ < 0) return;
        std::fflush(stdout);
        dup2(saved_, STDOUT_FILENO);
        close(saved_);
        saved_ = -1;
    }

    int ends_[2]{};
    int saved_ = -1;
};

std::size_t lines_in(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a line is on standard output without waiting for the next one", "[log]") {
    std::string first;
    {
        CapturedOutput output;
        const auto log = open_console_log({.language = Language::spanish});
        log->debug(Mark::none, {"hidden", "oculto"});
        log->info(Mark::webhook, {"stock {n}", "existencias {n}"}, {{"n", 7}});
        first = output.read_some();
    }
    CHECK(first.starts_with("🔔 2"));
    CHECK(first.ends_with(" existencias 7\n"));
    CHECK(lines_in(first, "\n") == 1);
}

TEST_CASE("closing the log writes what is queued, in order for each thread", "[log]") {
    std::string all;
    {
        CapturedOutput output;
        {
            const auto log = open_console_log({.format = LogFormat::json});
            std::vector<std::thread> threads;
            for (int t = 0; t < 2; ++t) {
                threads.emplace_back([&log, t] {
                    for (int i = 0; i < 100; ++i) log->info(Mark::none, {"line", ""}, {{"thread", t}, {"i", i}});
                });
            }
            for (auto& thread : threads) thread.join();
        }
        all = output.read_rest();
    }
    CHECK(lines_in(all, "\n") == 200);
    for (int i = 1; i < 100; ++i) {
        const auto place = [&](int n) { return all.find("\"thread\":1,\"i\":" + std::to_string(n) + "}"); };
        REQUIRE(place(i) != std::string::npos);
        CHECK(place(i - 1) < place(i));
    }
}

TEST_CASE("a stuck reader costs lines, never the caller; the lost ones are counted", "[log]") {
    std::string all;
    std::size_t written = 0;
    {
        CapturedOutput output;  // its pipe holds 64 KiB, and nobody reads yet
        std::thread reader;
        {
            const auto log = open_console_log({});
            const std::string text(1000, 'x');
            for (; written < 5000; ++written) log->info(Mark::none, {"{text}", ""}, {{"text", text}});
            reader = std::thread{[&] {
                for (auto part = output.read_some(); !part.empty(); part = output.read_some()) {
                    all += part;
                    if (all.find("were dropped") != std::string::npos && all.ends_with('\n')) break;
                }
            }};
        }
        reader.join();
    }
    const auto kept = lines_in(all, "xxx\n");
    CHECK(kept >= 2048);
    CHECK(kept < written);
    CHECK(all.find(" " + std::to_string(written - kept) + " log lines were dropped") != std::string::npos);
}
