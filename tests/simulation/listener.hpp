#pragma once

#include "simulation/chance.hpp"
#include "simulation/network.hpp"
#include "simulation/scheduler.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/model/ids.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace stockcast::simulation {

/// A shop's front-end at the other end of `/ws`, by turns diligent, slow and gone. It keeps its place as any client does,
/// and says what it was told.
class Listener {
public:
    struct Habits {
        std::chrono::nanoseconds stays{std::chrono::minutes{30}};  ///< at most, before it vanishes without a word
        std::chrono::nanoseconds away{std::chrono::minutes{10}};   ///< at most, before it comes back
        double naps = 0;                                           ///< share of reads before which it takes a pause
        std::chrono::nanoseconds nap{std::chrono::seconds{90}};    ///< at most
        double forgets = 0;  ///< share of returns at which it no longer knows where it was
    };
    Listener(std::uint64_t seed, std::string name, Process& process, Network& network, std::string host, Log& log,
             Habits habits);

    void start();
    /// From now on it stays connected and reads at once.
    void become_diligent() { habits_ = {.stays = std::chrono::hours{100'000}, .away = std::chrono::seconds{1}}; }
    Seq position() const { return position_; }
    bool is_level_with(Seq head) const { return position_ == head; }

    /// Told of each change: its seq, the seq before it that the listener knows of (absent: it has come anew), the text.
    std::function<void(Listener&, std::optional<Seq> before, Seq seq, const std::string& text)> on_change;
    /// Told of each `reset`, with the seq that it names.
    std::function<void(Listener&, Seq seq)> on_reset;
    const std::string& name() const { return name_; }

private:
    asio::awaitable<void> live();
    asio::awaitable<void> listen_once();
    asio::awaitable<bool> read_head(ByteStream& stream);
    asio::awaitable<bool> read_more(ByteStream& stream);
    std::string request() const;
    /// False: the connection is over.
    bool take_frames();
    void hear(const std::string& text);

    std::string name_;
    Chance chance_;
    Process& process_;
    std::string host_;
    Habits habits_;
    std::unique_ptr<Connector> connector_;
    TaskGroup life_;
    std::string epoch_;
    Seq position_ = 0;
    bool knows_its_place_ = false;
    std::string unread_;
    std::string reply_;
};

}  // namespace stockcast::simulation
