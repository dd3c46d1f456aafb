#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_message.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace stockcast::test {

/// What a scripted SIIGO does with one request.
struct Reply {
    unsigned status = 200;
    std::string body;
    HttpFields fields;
    std::chrono::milliseconds takes{0};
    enum class Wire {
        whole,
        cut,     ///< the connection ends in the middle of the body
        reset,   ///< the connection ends before a byte of the answer
        silent,  ///< nothing ever comes
    } wire = Wire::whole;
};

/// A SIIGO in memory: every request goes to `answer`, in order; what was asked is kept with its time.
class ScriptedSiigo final : public Connector {
public:
    struct Asked {
        Steady at;
        std::string method;
        std::string target;
        HttpFields fields;
        std::string body;
    };

    ScriptedSiigo(asio::io_context& io, Clock& clock) : io_(io), clock_(clock) {}

    std::function<Reply(const Asked&)> answer;
    bool refuses_connections = false;

    asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Endpoint to, Steady deadline) override;

    const std::vector<Asked>& asked() const { return asked_; }
    /// Those whose target begins so.
    std::size_t count(std::string_view target) const;
    std::size_t connections() const { return connections_; }

private:
    class Stream;

    asio::io_context& io_;
    Clock& clock_;
    std::vector<Asked> asked_;
    std::size_t connections_ = 0;
};

}  // namespace stockcast::test
