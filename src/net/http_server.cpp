#include "stockcast/net/http_server.hpp"

#include "net/http_connection.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_stream.hpp"

#include "stockcast/base/event.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <system_error>

namespace stockcast {

using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};
/// Without descriptors or memory accept() fails at once and again: waiting is all there is to do.
constexpr std::chrono::milliseconds accept_pause{250};

/// What counts as one address: an IPv6 host commands its whole /64.
asio::ip::address network_of(const asio::ip::address& address) {
    if (!address.is_v6()) return address;
    auto bytes = address.to_v6().to_bytes();
    if (address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6{bytes};
}

bool is_lack_of_resources(error_code ec) {
    return ec == asio::error::no_descriptors || ec == boost::system::errc::too_many_files_open_in_system ||
           ec == asio::error::no_buffer_space || ec == asio::error::no_memory;
}

tcp::acceptor listen_on(asio::any_io_executor executor, const ListenAddress& address) {
    const auto fail = [&](error_code ec) {
        throw std::system_error{ec.value(), std::generic_category(),
                                "can't listen on " + address.host + ":" + std::to_string(address.port)};
    };
    error_code ec;
    const auto host = asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, ec);
    if (ec) fail(ec);
    const tcp::endpoint endpoint{host, address.port};

    tcp::acceptor acceptor{executor};
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(4096, ec);  // the kernel cuts this to net.core.somaxconn
    if (ec) fail(ec);
    return acceptor;
}

/// The answer to a connection too many. Its send buffer is empty, so this takes no waiting; what was already received
/// is read away, since closing with it unread would reset the connection and lose the answer.
void turn_away(tcp::socket socket, const HttpResponse& response) {
    auto answer = response;
    answer.fields.set("Connection", "close");
    answer.fields.set("Content-Length", std::to_string(answer.body.size()));
    const std::string bytes = head_of(answer) + answer.body;

    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(bytes), 0, ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    std::array<char, 2048> unread;
    socket.receive(asio::buffer(unread), 0, ignored);
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::any_io_executor executor, const ListenAddress& address, HttpLimits limits, HttpHandler& handler,
         std::shared_ptr<TlsServerContext> tls_context, Clock& clock, Log& log)
        : acceptor(listen_on(executor, address)),
          bound(acceptor.local_endpoint()),
          tls(std::move(tls_context)),
          shared(std::move(limits), handler, clock, log),
          room(executor) {}

    tcp::acceptor acceptor;
    tcp::endpoint bound;
    std::shared_ptr<TlsServerContext> tls;
    HttpShared shared;
    HttpConnections list;
    std::size_t count = 0;
    struct Peer {
        std::uint32_t connections = 0;
        Steady handshakes_until{};  ///< what its handshakes so far use up of its rate (GCRA's arrival time)
    };
    std::map<asio::ip::address, Peer> by_address;
    Event room;  ///< a connection ended
    bool short_of_descriptors = false;

    bool is_full() const { return shared.limits.connections_max > 0 && count >= shared.limits.connections_max; }

    void welcome(tcp::socket socket, TaskGroup& doors) {
        error_code ec;
        const auto peer = socket.remote_endpoint(ec);
        if (ec) return;  // gone already

        const auto address = network_of(peer.address());
        auto& from = by_address[address];
        const auto limit = shared.limits.connections_per_address_max;
        const bool is_exempt =
            shared.limits.is_address_exempt && shared.limits.is_address_exempt(address_text(peer.address()));
        if (limit > 0 && from.connections >= limit && !is_exempt) {
            // Over TLS there is no answer before a handshake, and that is what the limit saves.
            if (!tls)
                turn_away(std::move(socket), shared.handler.refuse(503, "too many connections from this address"));
            return;
        }
        const auto handshake_at = tls && !is_exempt ? next_handshake(from) : Steady{};
        if (handshake_at > shared.clock.now() + shared.limits.tls_handshake) return;

        ++from.connections;
        auto place = place_of(address);
        if (!tls) return start(std::make_unique<TcpStream>(std::move(socket)), {}, std::move(place), doors);
        const auto shake_hands = [](ByteStream& stream, ByteStream::Done done) {
            static_cast<TlsStream&>(stream).start_server_handshake(std::move(done));
        };
        start(std::make_unique<TlsStream>(std::move(socket), tls->get()), {shake_hands, handshake_at}, std::move(place),
              doors);
    }

    /// One more connection, of that address where one is known, until it is let go of.
    std::shared_ptr<const void> place_of(std::optional<asio::ip::address> address) {
        ++count;
        return {nullptr, [weak = weak_from_this(), address](const void*) {
                    if (const auto self = weak.lock()) self->leave(address);
                }};
    }

    void leave(const std::optional<asio::ip::address>& address) {
        --count;
        room.notify_all();
        if (!address) return;
        const auto entry = by_address.find(*address);
        --entry->second.connections;
        if (is_forgettable(entry->second)) by_address.erase(entry);
    }

    /// When a further handshake of that address may begin (GCRA); one that is too far off takes no place in the row.
    Steady next_handshake(Peer& from) const {
        const auto rate = shared.limits.handshakes_per_second;
        if (rate == 0) return {};
        const std::chrono::nanoseconds one = std::chrono::nanoseconds{std::chrono::seconds{1}} / rate;
        const auto now = shared.clock.now();
        const auto at = std::max(now, from.handshakes_until - one * shared.limits.handshakes_burst);
        if (at <= now + shared.limits.tls_handshake) from.handshakes_until = std::max(now, from.handshakes_until) + one;
        return at;
    }

    bool is_forgettable(const Peer& peer) const {
        return peer.connections == 0 && peer.handshakes_until <= shared.clock.now();
    }

    void start(std::unique_ptr<ByteStream> stream, HttpConnection::Opening opening, std::shared_ptr<const void> place,
               TaskGroup& doors) {
        auto connection =
            std::make_unique<HttpConnection>(shared, std::move(stream), std::move(opening), std::move(place));
        list.push_back(*connection);
        doors.spawn("http connection", serve(std::move(connection)));
    }

    static asio::awaitable<void> serve(std::unique_ptr<HttpConnection> connection) { co_await connection->serve(); }

    asio::awaitable<void> sweep() {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        co_await asio::this_coro::throw_if_cancelled(false);
        for (;;) {
            auto slept = co_await shared.clock.sleep_for(sweep_interval);
            if (!slept) co_return;
            const auto now = shared.clock.now();
            for (auto& connection : list) connection.sweep(now);
            std::erase_if(by_address, [this](const auto& entry) { return is_forgettable(entry.second); });
        }
    }

    /// False: cancelled.
    asio::awaitable<bool> recover(error_code ec) {
        if (!is_lack_of_resources(ec)) co_return true;  // that client's own trouble: it went away in the backlog
        if (!short_of_descriptors)
            shared.log.error({"No descriptors or memory for another connection ({reason}); new ones wait",
                              "Sin descriptores o memoria para otra conexión ({reason}); las nuevas esperan"},
                             {{"reason", ec.message()}});
        short_of_descriptors = true;
        auto slept = co_await shared.clock.sleep_for(accept_pause);
        co_return slept.has_value();
    }
};

asio::awaitable<void> HttpHandler::note_too_large(std::unique_ptr<Admitted>) {
    co_return;
}

HttpServer::HttpServer(asio::any_io_executor executor, const ListenAddress& address, HttpLimits limits,
                       HttpHandler& handler, std::shared_ptr<TlsServerContext> tls, Clock& clock, Log& log)
    : impl_(std::make_shared<Impl>(executor, address, std::move(limits), handler, std::move(tls), clock, log)) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
    return impl_->bound.port();
}

std::size_t HttpServer::connections() const {
    return impl_->count;
}

asio::awaitable<void> HttpServer::run(TaskGroup& doors) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    doors.spawn("http deadlines", impl_->sweep());

    bool stopped = false;
    while (!stopped) {
        if (impl_->is_full()) {
            auto woken = co_await impl_->room.wait();
            stopped = !woken;
            continue;
        }
        auto [ec, socket] = co_await impl_->acceptor.async_accept(as_value);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
        if (ec) {
            stopped = !co_await impl_->recover(ec);
            continue;
        }
        impl_->short_of_descriptors = false;
        impl_->welcome(std::move(socket), doors);
    }
    error_code ignored;
    impl_->acceptor.close(ignored);
}

void HttpServer::adopt(std::unique_ptr<ByteStream> stream, TaskGroup& doors) {
    impl_->start(std::move(stream), {}, impl_->place_of(std::nullopt), doors);
}

}  // namespace stockcast
