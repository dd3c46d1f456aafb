#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/instant.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace stockcast::replay {

/// Which of the recorded webhooks are sent again. Tests and entries that were put through again are never: SIIGO did
/// not send them.
struct Filter {
    std::optional<Instant> from;  ///< of `received_at`, itself included
    std::optional<Instant> to;    ///< itself included
    std::string topic;            ///< all of it, or its end (`stock.update`); empty: any
    std::string product;          ///< SIIGO's id or the code; empty: any

    /// Looks at everything but the payload.
    bool admits(const WebhookLog& log) const;
};

/// One webhook to be sent.
struct Recorded {
    Instant received_at;
    std::string payload;  ///< the original bytes
};

/// The recorded webhooks, oldest first. Keeps only where each is, so that a long record needs little memory.
class Recording {
public:
    virtual ~Recording() = default;
    virtual std::size_t size() const = 0;
    /// Throws std::runtime_error when the source can't be read any more.
    virtual Recorded at(std::size_t index) = 0;
};

/// Lines of stockcast-dump; those of other families are skipped. Throws std::runtime_error, naming the line.
std::unique_ptr<Recording> open_dump(const std::string& file, const Filter& filter);
/// A store, which must outlive it. Throws std::runtime_error.
std::unique_ptr<Recording> open_store(const Store& store, const Filter& filter);

struct SendSettings {
    HttpUrl url;  ///< holds the secret: its path is never printed
    /// The recorded pace times this; absent: as fast as they are answered.
    std::optional<double> speed;
};

struct Sent {
    std::map<unsigned, std::uint64_t> by_status;  ///< 0: no answer came
    std::uint64_t left = 0;                       ///< not sent, since nobody answered or we were stopped
    bool all_taken() const;                       ///< each was sent and answered 2xx
};

/// One after the other on one connection, so that their order holds. A 429 or 503 is tried again after the time that it
/// names; when no answer comes after five tries the rest is left. Ends early when cancelled (total).
asio::awaitable<Sent> send_all(Recording& recording, SendSettings settings, Connector& connector, Clock& clock);

}  // namespace stockcast::replay
