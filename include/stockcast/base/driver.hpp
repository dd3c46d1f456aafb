#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace stockcast {

/// Where one piece of work is done turn by turn, away from the executor, whenever it is woken: production has a thread
/// for it, the simulation tasks of its own on virtual time.
class Driver {
public:
    /// How a turn left things.
    struct Next {
        bool is_over = false;                            ///< it was the last
        std::optional<std::chrono::milliseconds> again;  ///< another one after so long, even if nobody wakes
    };
    using Turn = std::function<Next()>;

    virtual ~Driver() = default;
    /// Once, before all else. Driver never overlap; one that throws ends the process.
    virtual void start(Turn turn) = 0;
    /// A turn begins after this. Any thread; never blocks.
    virtual void wake() = 0;
    /// Blocks until the last turn is over. Twice is harmless.
    virtual void join() = 0;
};

/// A thread of its own, which stands back for whoever wakes it where both share a core.
std::unique_ptr<Driver> make_driver_thread();

}  // namespace stockcast
