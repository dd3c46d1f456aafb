#pragma once

#include "simulation/chance.hpp"
#include "simulation/dialect.hpp"
#include "simulation/network.hpp"
#include "simulation/scheduler.hpp"

#include "stockcast/base/task_group.hpp"
#include "stockcast/model/ids.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::simulation {

/// A shop's front-end at the other end of a stream, by turns diligent, slow and gone. It keeps its place as any client
/// does, and says what it was told.
class Listener {
public:
    struct Habits {
        std::chrono::nanoseconds stays{std::chrono::minutes{30}};  ///< at most, before it vanishes without a word
        std::chrono::nanoseconds away{std::chrono::minutes{10}};   ///< at most, before it comes back
        double naps = 0;                                           ///< share of reads before which it takes a pause
        std::chrono::nanoseconds nap{std::chrono::seconds{90}};    ///< at most
        double forgets = 0;  ///< share of returns at which it no longer knows where it was
    };
    /// Who it is: its name, and how and whom it asks for what.
    struct Nature {
        std::string name;
        std::unique_ptr<Dialect> dialect;
        Greeting greeting;
        Habits habits;
    };
    Listener(std::uint64_t seed, Nature nature, Process& process, Network& network, Log& log);

    void start();
    /// From now on it stays connected and reads at once.
    void become_diligent() { nature_.habits = {.stays = std::chrono::hours{100'000}, .away = std::chrono::seconds{1}}; }
    Seq position() const { return place_.seq; }
    const std::string& name() const { return nature_.name; }
    /// What the server may hold back from it now.
    const Narrowing& narrowing() const;

    /// Told of each change, with the place that the listener has been at before.
    std::function<void(Listener&, Seq before, Seq seq, const std::string& text)> on_change;
    /// Told when the server says that it has sent all up to `seq`.
    std::function<void(Listener&, Seq before, Seq seq)> on_level;
    /// Told of each `reset`.
    std::function<void(Listener&, Seq before)> on_reset;

private:
    asio::awaitable<void> live();
    asio::awaitable<void> listen_once();
    asio::awaitable<bool> read_more(ByteStream& stream);
    void hear(const std::string& text);
    void hear(std::string_view type, std::optional<Seq> seq, const std::string& text);

    Nature nature_;
    Chance chance_;
    Process& process_;
    std::unique_ptr<Connector> connector_;
    TaskGroup life_;
    Place place_;
    bool is_narrowed_ = false;
    std::string unread_;
};

}  // namespace stockcast::simulation
