#include "simulation/run.hpp"

#include "simulation/drawn.hpp"
#include "simulation/listener.hpp"
#include "simulation/machine.hpp"
#include "simulation/mail.hpp"
#include "simulation/network.hpp"
#include "simulation/oracle.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/siigo.hpp"
#include "simulation/troubles.hpp"
#include "store/temporary_directory.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t few_answers = 60;  ///< below 50 answers there is no share of failures
constexpr std::chrono::hours healthy_week{7 * 24};
constexpr double failure_share_of_outage = 0.25;

/// The whole world of one run.
class Run {
public:
    /// `directory`: for what the server keeps beside its store.
    Run(const RunSettings& settings, const std::string& directory)
        : settings_(settings),
          chance_(settings.seed, "run"),
          trace_(settings.trace_file),
          scheduler_(settings.seed, trace_),
          world_(scheduler_, "world", wall_),
          log_(world_),
          network_(settings.seed, world_, log_, lines_),
          mail_(settings.seed, world_, network_, log_, post_),
          siigo_(settings.seed, world_, network_, log_, draw_shop(chance_, settings.story), mail_),
          server_settings_(draw_settings(chance_, settings, directory)),
          machine_(settings.seed, scheduler_, network_, server_settings_, wall_ + clock_error()),
          troubles_({scheduler_, world_, machine_, siigo_, mail_, lines_, post_}),
          oracle_(scheduler_, machine_,
                  {.requests_per_minute = server_settings_.siigo_requests_per_minute,
                   .logs_kept_for = server_settings_.log_retention,
                   .changes_kept_for = server_settings_.changes_retention}) {
        machine_.disk().on_commit = [this](const Batch& batch) { oracle_.committed(batch); };
        siigo_.on_request = [this] { oracle_.requested(); };
        siigo_.on_answer = [this](const Answered& answer) {
            ++result_.answers;
            oracle_.answered(answer);
        };
        mail_.on_acknowledged = [this](const std::string& url, const std::string& body) {
            if (!url.ends_with(webhook_secret)) return;
            ++result_.acknowledged;
            oracle_.acknowledged(body);
        };
        siigo_.variants().blocks_failing_users = false;  // the oracle judges the share of failures, and of ours alone
        const auto listeners = settings.story == Story::outage ? 1 : chance_.between(1, 4);
        for (std::int64_t i = 0; i < listeners; ++i) add_listener("listener" + std::to_string(i));
    }

    RunResult go() {
        start_machine();
        siigo_.open_shop();
        for (const auto& listener : listeners_) listener->start();
        if (settings_.story == Story::outage)
            live_through_outage();
        else
            live_through_troubles();
        if (!oracle_.violation()) come_right();
        return summary();
    }

private:
    /// The machine's clock is wrong by some minutes at most, or not at all.
    std::chrono::nanoseconds clock_error() {
        if (chance_.chance(0.5)) return 0s;
        return std::chrono::seconds{chance_.between(-240, 240)};
    }

    void add_listener(const std::string& name) {
        auto nature = draw_listener(chance_, name, machine_.host(), siigo_.company());
        listeners_.push_back(std::make_unique<Listener>(settings_.seed, std::move(nature), world_, network_, log_));
        auto& listener = *listeners_.back();
        listener.on_change = [this](const Listener& who, Seq before, Seq seq, const std::string& text) {
            oracle_.told(who, before, seq, text);
        };
        listener.on_level = [this](const Listener& who, Seq before, Seq seq) { oracle_.levelled(who, before, seq); };
        listener.on_reset = [this](const Listener& who, Seq before) { oracle_.sent_back(who, before); };
    }

    void start_machine() {
        machine_.start();
        oracle_.started();
    }

    /// Looks after the server as systemd does: it may have ended by itself.
    void look_after_machine() {
        const auto ended = machine_.take_exit();
        if (!ended) return;
        const bool was_asked = ended->took.has_value();
        const bool disk_failed = machine_.disk().contents().is_broken();
        if (disk_failed ? ended->code != 1 : !was_asked || ended->code != 0)
            oracle_.fail("the server ended with " + std::to_string(ended->code) +
                         (was_asked ? " as it was stopped" : "") + (disk_failed ? " when its disk failed" : ""));
        if (ended->took > 5s) oracle_.fail("the server took " + std::to_string(*ended->took / 1ms) + " ms to stop");
        if (ended->sleepers > 0 || ended->connections > 0)
            oracle_.fail("the server ended, and left " + std::to_string(ended->sleepers) + " coroutines asleep and " +
                         std::to_string(ended->connections) + " connections");
    }

    void live_through_troubles();
    void live_through_outage();
    void live_with_restarts(std::chrono::nanoseconds how_long);
    void happen();
    void come_right();
    RunResult summary();

    const RunSettings settings_;
    Chance chance_;
    Trace trace_;
    Scheduler scheduler_;
    const Instant wall_ = *Instant::parse("2025-03-03T13:00:00Z");
    Process world_;
    TracedLog log_;
    Lines lines_;
    Post post_;
    Network network_;
    Mail mail_;
    Siigo siigo_;
    Settings server_settings_;
    Machine machine_;
    Troubles troubles_;
    Oracle oracle_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    RunResult result_;
};

void Run::live_through_troubles() {
    if (chance_.chance(0.8)) scheduler_.run_until(chance_.duration(30min, 6h));  // a past without troubles
    const auto end = scheduler_.elapsed() + settings_.length;
    const auto longest_peace = std::max<std::chrono::nanoseconds>(5min, settings_.length / 12);
    while (!oracle_.violation() && scheduler_.elapsed() < end) {
        scheduler_.run_until(std::min(end, scheduler_.elapsed() + chance_.duration(500ms, longest_peace)));
        if (!oracle_.violation()) happen();
    }
}

void Run::live_through_outage() {
    constexpr Siigo::Outage ways[] = {Siigo::Outage::closed, Siigo::Outage::unavailable, Siigo::Outage::broken,
                                      Siigo::Outage::gateway, Siigo::Outage::silent};
    live_with_restarts(healthy_week);
    oracle_.allow_failures(failure_share_of_outage);
    const auto way = chance_.below(std::size(ways));
    scheduler_.note("run", "SIIGO is out, in way " + std::to_string(way));
    siigo_.go_out(ways[way]);
    live_with_restarts(settings_.length);
}

void Run::live_with_restarts(std::chrono::nanoseconds how_long) {
    const auto end = scheduler_.elapsed() + how_long;
    const auto longest_life = chance_.duration(1h, 100h);
    while (!oracle_.violation() && scheduler_.elapsed() < end) {
        scheduler_.run_until(std::min(end, scheduler_.elapsed() + chance_.duration(1min, longest_life)));
        look_after_machine();
        if (oracle_.violation()) return;
        if (!machine_.runs())
            start_machine();
        else if (chance_.chance(0.5))
            machine_.kill();
        else
            machine_.stop();
    }
}

void Run::happen() {
    look_after_machine();
    const auto number = result_.troubles++;
    if (!machine_.runs()) return start_machine();
    if (settings_.left_out.contains(number)) return;
    Chance its_own{settings_.seed, "trouble " + std::to_string(number)};
    const auto what = troubles_.make_one(its_own);
    scheduler_.note("run", "trouble " + std::to_string(number) + ": " + what);
    if (its_own.chance(0.2)) oracle_.look_into_store();
}

/// When the faults end, the mirror is SIIGO's within two full reconciliations, without anybody's hand, and everybody has
/// been told everything.
void Run::come_right() {
    scheduler_.note("run", "calm");
    siigo_.close_shop();
    troubles_.end();
    for (const auto& listener : listeners_) listener->become_diligent();
    std::chrono::nanoseconds patience = 2 * server_settings_.sync_full_interval + 30min;
    // Too few calls for a share: 20 failures are all that a day may have, so as long as a day nothing may be asked.
    if (oracle_.answers() < few_answers) patience = std::max<std::chrono::nanoseconds>(patience, 26h);
    const auto deadline = scheduler_.elapsed() + patience;
    std::string difference = "not looked yet";
    while (!oracle_.violation() && scheduler_.elapsed() < deadline && !difference.empty()) {
        look_after_machine();
        if (!machine_.runs()) start_machine();
        scheduler_.run_until(scheduler_.elapsed() + 1min);
        difference = oracle_.difference(siigo_.company());
        for (const auto& listener : listeners_)
            if (difference.empty() && listener->position() != oracle_.head())
                difference = listener->name() + " is at " + std::to_string(listener->position()) + ", the head is " +
                             std::to_string(oracle_.head());
    }
    if (!difference.empty())
        oracle_.fail("after two full reconciliations in calm the mirror is not SIIGO's: " + difference);
    oracle_.look_into_store();
}

RunResult Run::summary() {
    result_.violation = oracle_.violation().value_or("");
    result_.trace_hash = trace_.hash();
    result_.last_lines.assign(trace_.last_lines().begin(), trace_.last_lines().end());
    result_.simulated = scheduler_.elapsed();
    result_.steps = scheduler_.steps();
    result_.starts = machine_.starts();
    result_.changes = oracle_.head();
    result_.worst_failure_share = oracle_.worst_failure_share();
    return result_;
}

}  // namespace

RunResult run(const RunSettings& settings) {
    const test::TemporaryDirectory directory;                    // for what the server keeps beside its store
    static auto& runs = *new std::vector<std::unique_ptr<Run>>;  // like the processes in it, it ends with ours
    runs.push_back(std::make_unique<Run>(settings, directory.path()));
    return runs.back()->go();
}

}  // namespace stockcast::simulation
