#pragma once

#include "stockcast/model/ids.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace stockcast {

/// How messages lie on the wire of one kind of stream. A change is framed once and the same bytes go to all its
/// clients. Every message is one JSON object on one line that begins with its `type`.
class Framing {
public:
    virtual ~Framing() = default;
    virtual void append_change(std::string& out, Seq seq, std::string_view event) const = 0;
    /// What is no change: it has no position.
    virtual void append_message(std::string& out, std::string_view message) const = 0;
    /// Bytes of a change's frame that follow its event.
    virtual std::size_t trailer_bytes() const = 0;
};

/// RFC 6455: one text frame a message.
class WebSocketFraming final : public Framing {
public:
    void append_change(std::string& out, Seq seq, std::string_view event) const override;
    void append_message(std::string& out, std::string_view message) const override;
    std::size_t trailer_bytes() const override { return 0; }
};

/// Server-Sent Events (WHATWG HTML §9.2): `event:` is the message's type, `data:` the message; a change also has
/// `id: <epoch>:<seq>`, which an EventSource sends back as Last-Event-ID.
class EventStreamFraming final : public Framing {
public:
    explicit EventStreamFraming(std::string epoch) : epoch_(std::move(epoch)) {}
    void append_change(std::string& out, Seq seq, std::string_view event) const override;
    void append_message(std::string& out, std::string_view message) const override;
    std::size_t trailer_bytes() const override { return 2; }

private:
    std::string epoch_;
};

/// The `type` that a message begins with; `message`, which is SSE's own default, where it begins with something else.
std::string_view type_of(std::string_view message);

}  // namespace stockcast
