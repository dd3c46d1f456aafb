#pragma once

#include "e2e/client.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::e2e {

/// A client of Server-Sent Events as a browser's EventSource is one, but strict: what such a stream does not say is an
/// error. It reads only while it is asked for something.
class EventStream {
public:
    struct Options {
        std::map<std::string, std::string> fields;
        int receive_buffer = 0;  ///< of the kernel, in bytes; 0: as usual
    };
    /// `target`: `/api/events…`. Reads the answer's head.
    EventStream(std::uint16_t port, const std::string& target, Options options);
    ~EventStream();

    const Answer& head() const;  ///< without a body

    struct Event {
        std::string type;
        std::string id;  ///< empty: none
        Json message;
    };
    /// The next event; nothing: it did not come in time, or the stream has ended.
    std::optional<Event> next(std::chrono::milliseconds limit = std::chrono::seconds{30});
    /// The next one of that type; others are skipped.
    std::optional<Event> next_of(std::string_view type, std::chrono::milliseconds limit = std::chrono::seconds{30});
    const std::string& last_id() const;  ///< as an EventSource keeps it
    bool has_ended() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast::e2e
