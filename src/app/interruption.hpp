#pragma once

namespace stockcast {

/// While it lives, SIGINT and SIGTERM are noted instead of ending the process, so that a command which writes files can
/// take back what it has half written. One at a time.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// Throws Failure once a signal has come. To be called where stopping does no harm, at least some times a second.
    static void check();
};

}  // namespace stockcast
