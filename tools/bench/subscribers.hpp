#pragma once

#include "bench/link.hpp"
#include "bench/message.hpp"
#include "bench/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::bench {

enum class Transport { websocket, events, socket_io };
/// stockcast's stream of that kind, or where Socket.IO listens.
std::string usual_path(Transport transport);
/// `ws`, `sse`, `socket.io`, as options name them. Requires one of these.
Transport transport_named(const std::string& name);

/// Many clients of one stream, in one thread: what they cost the generator bounds what it can measure.
class Subscribers {
public:
    struct Settings {
        Target target;
        Transport transport = Transport::websocket;
        std::string path;   ///< with its query
        std::string token;  ///< empty: none is needed
        std::size_t count = 0;
        std::size_t first_number = 0;  ///< of theirs among all clients: see bind_to_source()
        int receive_buffer = 0;        ///< see Link
    };
    using Take = std::function<void(std::size_t client, std::string_view message, Time at)>;

    /// They are watched in `epoll`, under `tag` and what follows it; each message is given to `take`.
    Subscribers(Settings settings, int epoll, std::uint64_t tag, Take take);
    Subscribers(const Subscribers&) = delete;
    Subscribers& operator=(const Subscribers&) = delete;

    /// Connects some more, if not yet all are; to be called until `all_watch()`. Only so many wait for their answer at
    /// a time as a server's backlog surely takes.
    void connect_more();
    bool all_watch() const { return watching_ == settings_.count; }
    /// `connect_more()` and what comes of it, to the end, in an epoll that has nobody else in it. Throws
    /// std::runtime_error when it takes longer than a minute.
    void connect_all();

    /// Something came for the client of that tag. Throws std::runtime_error when the server refused or closed a stream.
    void notice(std::uint64_t tag);
    /// Whatever has come for any of them since they were last looked at.
    void notice_all();

    std::size_t count() const { return settings_.count; }
    std::uint64_t bytes() const { return bytes_; }  ///< that came for all of them

private:
    struct Client {
        Link link;
        FrameReader frames;
        bool is_answered = false;
        std::string head;  ///< of the answer, as far as it has come
    };
    void take(std::size_t index, std::string_view bytes, Time at);
    bool take_head(Client& client, std::string_view& bytes);
    void take_frame(std::size_t index, FrameReader::Kind kind, std::string_view payload, Time at);
    bool take_of_socket_io(Client& client, std::string_view payload);

    Settings settings_;
    std::string request_;
    int epoll_;
    std::uint64_t tag_;
    Take take_;
    std::vector<Client> clients_;
    std::size_t watching_ = 0;
    std::uint64_t bytes_ = 0;
    std::vector<char> buffer_;
};

}  // namespace stockcast::bench
