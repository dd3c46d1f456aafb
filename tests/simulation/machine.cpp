#include "simulation/machine.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

namespace stockcast::simulation {

using namespace std::chrono_literals;

void TracedLog::put(LogLevel level, Mark, Sentence sentence, std::span<const Field> fields) {
    constexpr std::string_view levels[] = {"debug: ", "", "warning: ", "error: "};
    std::string line{levels[static_cast<std::size_t>(level)]};
    line += fill_in(sentence.english, fields);
    // The one thing of the real machine that is told: the port that nobody connects to.
    if (const auto address = line.find("http://127.0.0.1:"); address != std::string::npos) line.resize(address);
    process_.scheduler().note(process_.name(), line);
}

Tightness::Tightness(Chance& chance)
    : slowest_fsync(chance.duration(1ms, 200ms)), slowest_job(chance.duration(100us, 500ms)) {
    ledger.queue_max = static_cast<std::size_t>(chance.between(4, 64));
    ledger.queue_bytes_max = static_cast<std::size_t>(chance.between(64, 4096)) * 1024;
    ledger.batch_max = static_cast<std::size_t>(chance.between(1, 32));
    streams.ring_bytes = static_cast<std::size_t>(chance.between(4, 64)) * 1024;
    streams.log_readers_max = static_cast<std::size_t>(chance.between(1, 3));
    streams.log_read_bytes = static_cast<std::size_t>(chance.between(1, 16)) * 1024;
    streams.write_bytes = static_cast<std::size_t>(chance.between(1, 16)) * 1024;
}

/// One life of the server. Its members stand in the order in which they need each other.
struct Machine::Incarnation {
    Incarnation(Machine& machine, Instant wall)
        : process(machine.scheduler_, "server" + std::to_string(machine.starts_), wall),
          log(process),
          workers(process, machine.chance_, machine.tightness_.slowest_job),
          alerts(process.clock(), log) {
        auto its_driver = std::make_unique<PlayedDriver>(process, machine.chance_, machine.tightness_.slowest_fsync);
        driver = its_driver.get();
        ServerParts parts;
        parts.store = machine.disk_.mount();
        parts.to_siigo = machine.network_.connector(process);
        parts.ledger_driver = std::move(its_driver);
        parts.ledger = machine.tightness_.ledger;
        parts.streams = machine.tightness_.streams;
        server.emplace(
            machine.settings_,
            Surrounds{process.executor(), process.clock(), machine.chance_, workers, workers, log, alerts, metrics},
            std::move(parts));
        asio::co_spawn(process.executor(), server->run(), [this](std::exception_ptr thrown, int code) {
            exit_code = code;
            ended_at = process.scheduler().elapsed();
            broken = std::move(thrown);
        });
    }

    Process process;
    TracedLog log;
    PlayedWorkers workers;
    Alerts alerts;
    Metrics metrics;
    PlayedDriver* driver = nullptr;  ///< the server's ledger owns them
    std::optional<Server> server;
    std::optional<int> exit_code;
    std::chrono::nanoseconds ended_at{0};
    std::exception_ptr broken;
};

Machine::Machine(std::uint64_t seed, Scheduler& scheduler, Network& network, Settings settings, Instant wall)
    : scheduler_(scheduler),
      network_(network),
      settings_(std::move(settings)),
      host_("shop.example"),
      wall_(wall),
      furthest_wall_(wall),
      chance_(seed, "machine"),
      tightness_(chance_),
      disk_(chance_.token(16)) {}

Machine::~Machine() {
    if (now_) kill();
}

void Machine::start() {
    ++starts_;
    stopped_at_.reset();
    disk_.contents().reopen();
    now_ = std::make_unique<Incarnation>(*this, wall_);
    network_.listen(host_, now_->process,
                    [life = now_.get()](std::unique_ptr<ByteStream> line) { life->server->adopt(std::move(line)); });
    scheduler_.note("machine", "started");
}

void Machine::kill() {
    const bool reaches_disk = now_->driver->is_under_way() && chance_.chance(0.5);
    scheduler_.note("machine", reaches_disk ? "kill, and a batch reaches the disk" : "kill");
    now_->process.kill();
    if (reaches_disk) now_->driver->finish();
    network_.unplug(now_->process);
    static auto& killed = *new std::vector<std::unique_ptr<Incarnation>>;  // no destructor runs after kill -9
    killed.push_back(std::move(now_));
}

void Machine::stop() {
    scheduler_.note("machine", "stop");
    if (!stopped_at_) stopped_at_ = scheduler_.elapsed();
    now_->server->stop();
}

void Machine::set_clock(std::chrono::nanoseconds by) {
    furthest_wall_ = furthest_wall();
    wall_ = wall_ + by;
    if (now_) now_->process.clock().set_wall(wall_ + scheduler_.elapsed());
    scheduler_.note("machine", "clock set by " + std::to_string(by / 1s) + " s");
}

Instant Machine::furthest_wall() const {
    return std::max(furthest_wall_, wall_ + scheduler_.elapsed());
}

std::optional<Machine::Ended> Machine::take_exit() {
    if (!now_ || !now_->exit_code) return std::nullopt;
    if (now_->broken) std::rethrow_exception(now_->broken);
    const auto code = *now_->exit_code;
    now_->server.reset();
    Ended ended{.code = code,
                .took = {},
                .sleepers = now_->process.clock().sleepers(),
                .connections = network_.ends_of(now_->process)};
    if (stopped_at_) ended.took = now_->ended_at - *stopped_at_;
    network_.unplug(now_->process);
    now_.reset();
    scheduler_.note("machine", "ended with " + std::to_string(ended.code));
    return ended;
}

}  // namespace stockcast::simulation
