#pragma once

#include "simulation/narrowing.hpp"

#include "stockcast/model/ids.hpp"

#include <memory>
#include <string>
#include <vector>

namespace stockcast::simulation {

/// Where in the log a client is, as it keeps it between two connections.
struct Place {
    bool is_known = false;
    std::string epoch;
    Seq seq = 0;  ///< of the last change that it has dealt with
};

/// What a client says of itself as it connects.
struct Greeting {
    std::string host;
    std::string token;  ///< where one is needed
    Narrowing narrowing;
};

/// How the server and one kind of client talk: bytes on one side, the messages of interface.md on the other. What a kind
/// has no message for is said as the others say it, so that all of them are heard alike.
class Dialect {
public:
    virtual ~Dialect() = default;

    /// A connection begins: what is sent first.
    virtual std::string begin(const Greeting& greeting, const Place& place) = 0;
    /// Takes the whole messages out of what has come.
    virtual std::vector<std::string> take(std::string& unread) = 0;
    /// What is due to be sent, now that these messages were heard; empty: nothing.
    virtual std::string reply(const Place& place) = 0;
    /// Nothing more comes.
    virtual bool is_over() const = 0;
    /// Whether what is narrowed holds from the first change on; else from `subscribed` on.
    virtual bool narrows_at_once() const = 0;
};

/// `/ws`, `/api/events`, `/api/changes?wait=`, in this order.
std::unique_ptr<Dialect> make_websocket_dialect();
std::unique_ptr<Dialect> make_events_dialect();
/// Has no way to narrow: `Greeting::narrowing` must be none.
std::unique_ptr<Dialect> make_waiting_dialect();

/// Takes an answer's head out of `unread`: all lines with the blank one behind them; empty: it is not whole yet.
std::string take_head(std::string& unread);
/// `since` and `epoch` of a place as parameters, `&` before each; empty where it is not known.
std::string query_of(const Place& place);

}  // namespace stockcast::simulation
