#pragma once

#include "support/manual_clock.hpp"
#include "support/pipe_stream.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/event.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/net/http_server.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast::test {

/// A body whose pieces the test writes: the end after the last, or an error there.
class ScriptedSource final : public BodySource {
public:
    struct Script {
        std::vector<std::string> pieces;
        bool fails = false;     ///< after the last piece
        bool throws = false;    ///< likewise
        Event* gate = nullptr;  ///< each piece waits for it
        std::size_t asked = 0;  ///< pieces that were asked for
        bool is_over = false;   ///< the source was destroyed
    };
    explicit ScriptedSource(Script& script) : script_(script) {}
    ~ScriptedSource() override { script_.is_over = true; }
    asio::awaitable<Result<std::string>> next() override;

private:
    Script& script_;
};

/// A handler whose every answer the test decides: echoes method, target and body unless told otherwise.
class ScriptedHandler : public HttpHandler {
public:
    std::vector<HttpRequest> handled;
    std::vector<std::string> judged;  ///< targets
    std::optional<HttpResponse> verdict;
    std::size_t limit = 1000;
    bool throws = false;
    std::string large;              ///< the body of `/large`
    ScriptedSource::Script script;  ///< the body of `/stream`
    Event* gate = nullptr;          ///< `/slow` waits for it
    std::string taken_over;         ///< what had been read when `/upgrade` was taken over

    HttpVerdict judge(const HttpRequest& head) override {
        judged.push_back(head.target);
        return {verdict, limit, head.target == "/upgrade", nullptr};
    }
    asio::awaitable<HttpResponse> handle(HttpRequest request, std::unique_ptr<Admitted> admitted) override;
    asio::awaitable<void> take_over(HttpRequest request, std::unique_ptr<Admitted> admitted,
                                    TakenOver connection) override;
    HttpResponse refuse(unsigned status, std::string_view detail) override {
        HttpResponse response;
        response.status = status;
        response.body = detail;
        return response;
    }
};

/// A server without a network: connections are pipes, time is manual.
class ServerOnPipes {
public:
    explicit ServerOnPipes(HttpLimits limits = {});
    ~ServerOnPipes();

    /// The client's end of a new connection.
    std::unique_ptr<PipeStream> connect(std::size_t capacity = 64 * 1024);
    /// Sends, lets everything run, and takes what came back.
    std::string exchange(PipeStream& client, std::string_view bytes);
    void settle() { run_until_idle(io); }
    void advance(std::chrono::nanoseconds by) { clock.advance(io, by); }
    /// As at a stop: returns whether all connections have ended of themselves within `patience`.
    bool wind_down(std::chrono::milliseconds patience);

    asio::io_context io;
    ManualClock clock;
    RecordingLog log;
    ScriptedHandler handler;
    HttpServer server;
    TaskGroup doors;

private:
    bool wound_down_ = false;
};

/// Status codes of the answers in `bytes`, in order. Needs Content-Length in each that has a body.
std::vector<int> statuses(std::string_view bytes);

}  // namespace stockcast::test
