// What /metrics tells of the streams (Broadcaster::measure).
#include "fanout/hub.hpp"
#include "fanout/messages.hpp"
#include "fanout/transport.hpp"

#include "stockcast/fanout/broadcaster.hpp"

#include <string>
#include <utility>

namespace stockcast {
namespace {

using websocket::CloseCode;

constexpr std::pair<CloseCode, const char*> close_reasons[] = {
    {CloseCode::going_away, "going_away"},   {CloseCode::protocol_error, "protocol_error"},
    {CloseCode::unsupported, "unsupported"}, {CloseCode::invalid_payload, "invalid_payload"},
    {CloseCode::policy, "policy"},           {CloseCode::too_big, "too_big"},
    {CloseCode::internal, "internal"},       {CloseCode::try_again_later, "slow"},
    {CloseCode::unauthorized, "expired"},
};

constexpr messages::ResetReason reset_causes[] = {messages::ResetReason::expired, messages::ResetReason::ahead,
                                                  messages::ResetReason::other_epoch,
                                                  messages::ResetReason::unreadable};
static_assert(std::size(reset_causes) == messages::reset_reasons);

/// The series of one kind of stream. `transport` gives null where nobody has used it yet: all zero.
class StreamSeries {
public:
    using Find = std::function<const Transport*()>;
    StreamSeries(Metrics& metrics, const char* name, Find transport)
        : metrics_(metrics), name_(name), transport_(std::move(transport)) {}

    template <class Read>
    void gauge(const char* name, const char* help, Read read) {
        metrics_.gauge(name, help, {{"transport", name_}}, reading(std::move(read)));
    }
    template <class Read>
    void counter(const char* name, const char* help, Read read) {
        metrics_.counter(name, help, {{"transport", name_}}, reading(std::move(read)));
    }
    template <class Read>
    void counter_by_reason(const char* name, const char* help, std::string_view reason, Read read) {
        metrics_.counter(name, help, {{"transport", name_}, {"reason", std::string{reason}}}, reading(std::move(read)));
    }

private:
    template <class Read>
    std::function<double()> reading(Read read) const {
        return [transport = transport_, read] {
            const auto* used = transport();
            return used == nullptr ? 0.0 : static_cast<double>(read(*used));
        };
    }

    Metrics& metrics_;
    const char* name_;
    Find transport_;
};

constexpr const char* clients_help =
    "Clients of the streams that are connected now; waiting: requests to /api/changes that wait for a change.";
constexpr const char* changes_help = "Changes sent to clients, counted once a client.";
constexpr const char* bytes_help = "Bytes sent to clients of the streams; waiting: the changes in answers.";

void measure_counts(StreamSeries& series) {
    series.gauge("stockcast_stream_clients", clients_help, [](const auto& of) { return of.clients; });
    series.counter("stockcast_stream_sent_changes_total", changes_help, [](const auto& of) { return of.changes_sent; });
    series.counter("stockcast_stream_sent_bytes_total", bytes_help, [](const auto& of) { return of.bytes_sent; });
    series.counter("stockcast_stream_resumes_total", "Clients that went on from where they were.",
                   [](const auto& of) { return of.resumes; });
    for (const auto cause : reset_causes)
        series.counter_by_reason("stockcast_stream_resets_total", "Clients that had to read everything again, by why.",
                                 messages::name_of(cause),
                                 [cause](const auto& of) { return of.resets[static_cast<std::size_t>(cause)]; });
}

void measure_ends(StreamSeries& series) {
    constexpr const char* help = "Clients' connections that ended, by why; left: closed by the client, or lost.";
    for (const auto& [code, reason] : close_reasons)
        series.counter_by_reason("stockcast_stream_closed_total", help, reason, [wanted = code](const auto& of) {
            const auto counted = of.closed.find(static_cast<unsigned>(wanted));
            return counted == of.closed.end() ? 0 : counted->second;
        });
    series.counter_by_reason("stockcast_stream_closed_total", help, "left", [](const auto& of) { return of.left; });
}

void measure_ring(StreamSeries& series) {
    series.gauge("stockcast_stream_ring_bytes", "Frames of changes in the ring.",
                 [](const auto& of) { return of.ring.bytes(); });
    series.gauge("stockcast_stream_ring_capacity_bytes", "What the ring can hold; 0 before its first client.",
                 [](const auto& of) { return of.ring.capacity(); });
    series.gauge("stockcast_stream_ring_changes",
                 "Changes in the ring: a client that is further behind reads the change log.",
                 [](const auto& of) { return of.ring.head() + 1 - of.ring.oldest(); });
}

void measure_requests(Metrics& metrics, const ClientCounts& requests) {
    const Labels labels{{"transport", "waiting"}};
    metrics.gauge("stockcast_stream_clients", clients_help, labels,
                  [&requests] { return static_cast<double>(requests.clients); });
    metrics.counter("stockcast_stream_sent_changes_total", changes_help, labels,
                    [&requests] { return static_cast<double>(requests.changes_sent); });
    metrics.counter("stockcast_stream_sent_bytes_total", bytes_help, labels,
                    [&requests] { return static_cast<double>(requests.bytes_sent); });
}

void measure_lag(Metrics& metrics, const Hub& hub) {
    const auto gauge = [&](const char* name, const char* help, auto read) {
        metrics.gauge(name, help, {}, [&hub, read] { return static_cast<double>(read(hub)); });
    };
    gauge("stockcast_stream_lag_changes", "By how many changes the client is behind that is furthest behind.",
          [](const Hub& of) { return of.lag().changes; });
    gauge("stockcast_stream_lag_seconds", "For how long the client could have had its next change that waits longest.",
          [](const Hub& of) { return std::chrono::duration<double>{of.lag().time}.count(); });
    gauge("stockcast_stream_clients_behind", "Clients that have not been sent every change.",
          [](const Hub& of) { return of.lag().clients; });
    gauge("stockcast_stream_clients_behind_ring", "Of these, those whose next change is in the change log alone.",
          [](const Hub& of) { return of.lag().clients_behind_ring; });
    gauge("stockcast_stream_log_reads", "Readings of the change log for clients that are under way.",
          [](const Hub& of) { return of.log_turns.taken(); });
    gauge("stockcast_stream_log_reads_waiting", "Clients that wait for their turn at the change log.",
          [](const Hub& of) { return of.log_turns.waiting(); });
}

}  // namespace

void Broadcaster::measure(Metrics& metrics) {
    const Hub& hub = *hub_;
    StreamSeries websocket{metrics, "websocket", [&hub] { return &hub.websocket; }};
    StreamSeries events{metrics, "events", [&hub] { return hub.event_stream_if_used(); }};
    for (auto* series : {&websocket, &events}) {
        measure_counts(*series);
        measure_ends(*series);
        measure_ring(*series);
    }
    measure_requests(metrics, hub.requests);
    measure_lag(metrics, hub);
    // Once a publication, not once a client: a time for each of ten thousand would cost more than sending to them.
    auto& seconds = metrics.histogram("stockcast_stream_sent_seconds",
                                      "From changes being durable until the last client that was level had them handed "
                                      "to its socket.",
                                      latency_seconds);
    hub_->on_delivered = [&seconds](std::chrono::nanoseconds took) { seconds.observe(took); };
}

}  // namespace stockcast
