#pragma once

#include "fanout/session.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace stockcast {

/// A client over Server-Sent Events. It can say nothing; our last word is a `close` event, then the end of the body.
class EventSession final : public Session {
public:
    using Session::Session;

    void take(std::string_view bytes) override;

private:
    void append_opening(std::string& out) override;
    void append_goodbye(std::string& out, const Goodbye& goodbye) override;
    void on_goodbye_written() override { finish_sending(); }

    std::size_t unasked_bytes_ = 0;
};

}  // namespace stockcast
