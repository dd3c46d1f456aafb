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

    /// Each message is given to `take`.
    Subscribers(Settings settings, Take take);
    Subscribers(const Subscribers&) = delete;
    Subscribers& operator=(const Subscribers&) = delete;

    /// Connects some more, if not yet all are; to be called until `all_watch()`. Only so many wait for their answer at
    /// a time as a server's backlog surely takes.
    void connect_more();
    bool all_watch() const { return watching_ == settings_.count; }
    /// Both to the end. Throws std::runtime_error when it takes longer than a minute.
    void connect_all();

    static constexpr std::size_t at_once_max = 256;
    /// Takes what has come to at most so many of them, and waits for it up to `limit`. Throws std::runtime_error when the
    /// server refused or closed a stream.
    void read_some(std::chrono::milliseconds limit, std::size_t at_once = at_once_max);
    /// Readable while anything waits to be read, so it can be watched from another epoll.
    int epoll() const { return epoll_.get(); }

    const Settings& settings() const { return settings_; }
    std::uint64_t bytes() const { return bytes_; }  ///< that came for all of them

private:
    struct Client {
        Link link;
        FrameReader frames;
        bool is_answered = false;
        std::string head;  ///< of the answer, as far as it has come
    };
    void read(std::size_t index);
    void take(std::size_t index, std::string_view bytes, Time at);
    bool take_head(Client& client, std::string_view& bytes);
    void take_frame(std::size_t index, FrameReader::Kind kind, std::string_view payload, Time at);
    bool take_of_socket_io(Client& client, std::string_view payload);

    Settings settings_;
    std::string request_;
    Descriptor epoll_;
    Take take_;
    std::vector<Client> clients_;
    std::size_t watching_ = 0;
    std::uint64_t bytes_ = 0;
    std::vector<char> buffer_;
};

}  // namespace stockcast::bench
