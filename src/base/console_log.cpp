// The one translation unit that sees spdlog: Debian has no static library of it, and its headers cost seconds each
// time.
#define SPDLOG_HEADER_ONLY
#define FMT_HEADER_ONLY
#include "log_line.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>

namespace stockcast {
namespace {

constexpr std::size_t queue_entries = 2048;

std::string local_time(Instant at) {
    const auto seconds = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(at.since_epoch()).count());
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

Instant instant_of(spdlog::log_clock::time_point at) {
    return Instant{std::chrono::floor<Instant::Ticks>(at.time_since_epoch())};
}

std::string line_of(const LogEntry& entry, const LogSettings& settings) {
    return settings.format == LogFormat::json ? json_line(entry, settings.language)
                                              : text_line(entry, settings.language, local_time(entry.at));
}

/// Writes finished lines, on the writer thread. When nothing waits any more it says how many lines found no room, and
/// flushes: a supervisor sees each line at once, a burst costs few system calls.
class StandardOutput final : public spdlog::sinks::base_sink<std::mutex> {
public:
    StandardOutput(spdlog::details::thread_pool& queue, LogSettings settings) : queue_(queue), settings_(settings) {}

    /// The end, when the writer thread is gone.
    void finish(std::size_t dropped) {
        report_dropped(dropped, instant_of(spdlog::details::os::now()));
        flush_();
    }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        put({message.payload.data(), message.payload.size()});
        if (queue_.queue_size() > 0) return;
        report_dropped(queue_.overrun_counter(), instant_of(message.time));
        flush_();
    }

    void flush_() override { std::fflush(stdout); }

private:
    static void put(std::string_view line) {
        std::fwrite(line.data(), 1, line.size(), stdout);
        std::fputc('\n', stdout);
    }

    void report_dropped(std::size_t dropped, Instant at) {
        if (dropped == reported_) return;
        const Field lines{"lines", dropped - reported_};
        put(line_of({LogLevel::warning,
                     Mark::none,
                     {"{lines} log lines were dropped: they came faster than they could be written",
                      "se descartaron {lines} líneas de registro: llegaron más rápido de lo que se podían escribir"},
                     {&lines, 1},
                     at},
                    settings_));
        reported_ = dropped;
    }

    // A reference: a shared one, let go last here, would make the writer thread join itself. The pool's destructor ends
    // this thread before it takes anything away.
    spdlog::details::thread_pool& queue_;
    const LogSettings settings_;
    std::size_t reported_ = 0;
};

class ConsoleLog final : public Log {
public:
    explicit ConsoleLog(LogSettings settings)
        : settings_(settings),
          queue_(std::make_shared<spdlog::details::thread_pool>(queue_entries, 1)),
          output_(std::make_shared<StandardOutput>(*queue_, settings)),
          logger_(std::make_shared<spdlog::async_logger>("console", output_, queue_,
                                                         spdlog::async_overflow_policy::overrun_oldest)) {
        logger_->set_level(spdlog::level::trace);  // `wants` has decided already
    }

    ~ConsoleLog() override {
        const auto dropped = queue_->overrun_counter();  // final: nobody writes any more
        logger_.reset();
        queue_.reset();  // the writer finishes what is queued and joins
        output_->finish(dropped);
    }

    bool wants(LogLevel level) const override { return level >= settings_.level; }

    std::uint64_t dropped() const override { return queue_->overrun_counter(); }

    void put(LogLevel level, Mark mark, Sentence sentence, std::span<const Field> fields) override {
        if (!wants(level)) return;
        const auto now = spdlog::details::os::now();
        const auto line = line_of({level, mark, sentence, fields, instant_of(now)}, settings_);
        logger_->log(now, spdlog::source_loc{}, spdlog::level::info, line);
    }

private:
    const LogSettings settings_;
    std::shared_ptr<spdlog::details::thread_pool> queue_;
    std::shared_ptr<StandardOutput> output_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

std::unique_ptr<Log> open_console_log(LogSettings settings) {
    return std::make_unique<ConsoleLog>(settings);
}

}  // namespace stockcast
