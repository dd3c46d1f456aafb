#pragma once

#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/pipe_stream.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/fanout/broadcaster.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::test {

/// Runs jobs when told to, on the calling thread.
class StepWorkers final : public Workers {
public:
    void post(std::function<void()> job) override;
    bool run_one();
    bool held = false;  ///< jobs wait until `run_one`
    std::size_t posted = 0;

private:
    std::deque<std::function<void()>> jobs_;
};

enum class Wire { websocket, events };

/// A client played by the test, over WebSocket or Server-Sent Events.
class TestClient {
public:
    /// Everything received since the last call: `hello:41 change:42 close:1001`, see fixture.cpp; the same over both.
    std::string heard();
    /// The same as JSON texts of data frames.
    std::vector<std::string> events();
    void say(std::string_view text);
    void send_frame(int first_byte, std::string_view payload);
    void hang_up() { end->close(); }

    std::unique_ptr<PipeStream> end;
    bool over = false;  ///< its connection was let go of
    bool reads = true;
    std::string last_id;         ///< over events: as an EventSource keeps it
    std::vector<int> retries{};  ///< over events: each `retry:`, in milliseconds

private:
    friend class FanoutFixture;
    std::string take_frames();
    std::string take_events();
    std::string take_event(std::string_view block);
    Wire wire_ = Wire::websocket;
    class FanoutFixture* on_ = nullptr;
    std::string unread_;
    std::string events_;
};

/// A broadcaster over a store in memory and virtual time.
class FanoutFixture {
public:
    explicit FanoutFixture(BroadcasterSettings settings = {}, Seq head = 0);
    ~FanoutFixture();

    /// `count` more changes: in the store, then published together.
    void change(std::size_t count = 1, std::string code = "A", std::vector<std::string> warehouses = {},
                ChangeType type = ChangeType::stock_updated);
    /// Retention: the changes up to this one are no longer kept.
    void forget_up_to(Seq seq);
    /// Over `wire`.
    TestClient& connect(Resume resume = {}, std::optional<Instant> expires = {}, std::size_t capacity = 1 << 20);
    TestClient& connect_narrowed(Resume resume, Filter filter);
    /// As a stop of the server: `total` with a goodbye, `terminal` at once.
    void stop(asio::cancellation_type how);
    void settle();
    void advance(std::chrono::nanoseconds by);

    asio::io_context io;
    ManualClock clock;
    RecordingLog log;
    MemoryStore store;
    StepWorkers workers;
    Broadcaster broadcaster;
    Seq head;
    ChainHash head_hash;  ///< of its own making
    Wire wire = Wire::websocket;
    std::string padding;  ///< makes events larger

private:
    TestClient& start(const std::function<void(TakenOver)>& serve, std::size_t capacity);

    asio::cancellation_signal stop_;
    bool stopped_ = false;
    std::vector<std::unique_ptr<TestClient>> clients_;
};

/// `1-3` as `change:1 change:2 change:3`.
std::string changes(Seq first, Seq last);

}  // namespace stockcast::test
