#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast::bench {

/// Cuts what one client is sent into frames, in whatever pieces it comes. Only an unfinished frame is kept.
class FrameReader {
public:
    /// WebSocket as a server sends it (RFC 6455: unmasked), or Server-Sent Events with one line of data each.
    enum class Format { websocket, events };
    enum class Kind { text, ping, close, other };

    explicit FrameReader(Format format) : format_(format) {}

    /// Gives each whole frame to `on(Kind, std::string_view payload)`; an event's data is its payload.
    template <class On>
    void take(std::string_view bytes, On&& on) {
        if (!unfinished_.empty()) {
            unfinished_ += bytes;
            const auto left = cut(unfinished_, on);
            unfinished_.erase(0, unfinished_.size() - left.size());
            return;
        }
        unfinished_ = cut(bytes, on);
    }

private:
    struct Frame {
        std::size_t size = 0;  ///< with what is around the payload; 0: not complete yet
        Kind kind = Kind::other;
        std::string_view payload;
    };
    static Frame first_frame(std::string_view bytes);
    static Frame first_event(std::string_view bytes);

    /// What is left of `bytes`.
    template <class On>
    std::string_view cut(std::string_view bytes, On& on) {
        for (;;) {
            const auto frame = format_ == Format::websocket ? first_frame(bytes) : first_event(bytes);
            if (frame.size == 0) return bytes;
            on(frame.kind, frame.payload);
            bytes.remove_prefix(frame.size);
        }
    }

    Format format_;
    std::string unfinished_;
};

/// What a message says of its place; nothing else of it is read, since the generator has a microsecond for each.
struct Message {
    enum class Kind { hello, change, caught_up, reset, other };
    Kind kind = Kind::other;
    std::uint64_t seq = 0;
};
/// `{"type":"…","seq":…`, also inside of something, as Socket.IO sends it.
Message message_of(std::string_view payload);
/// The number in `"newStock":`.
std::optional<std::uint64_t> new_stock_of(std::string_view payload);
/// The string in `"epoch":`.
std::string_view epoch_of(std::string_view payload);

/// A masked frame (§5.3) of at most 125 bytes, as a client sends it. The mask is zero.
enum class ClientFrame : unsigned char { text = 1, pong = 10 };
std::string client_frame(ClientFrame kind, std::string_view payload);

}  // namespace stockcast::bench
