#include "net/tcp_stream.hpp"

#include "net/peer_room.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace stockcast {

namespace {

/// Asio copies a buffer sequence into its operation: at most this many are gathered into one sendmsg.
constexpr std::size_t gathered_max = 8;
using Gathered = boost::container::static_vector<asio::const_buffer, gathered_max>;

Gathered gathered(std::span<const asio::const_buffer> from) {
    return {from.begin(), from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), gathered_max))};
}

}  // namespace

void bound_unsent(asio::ip::tcp::socket& socket, std::size_t bytes) noexcept {
    const int size = static_cast<int>(bytes);
    const int low_water = size / 4;
    // Where the system refuses, its own limits hold: more memory for a slow client, nothing wrong.
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low_water, sizeof low_water);
}

std::size_t unacknowledged(asio::ip::tcp::socket& socket) noexcept {
    int bytes = 0;
    return ::ioctl(socket.native_handle(), SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

std::string address_text(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

TcpStream::TcpStream(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = address_text(peer.address());
}

void TcpStream::start_read(asio::mutable_buffer into, Done done) {
    if (into.size() > 0) return socket_.async_read_some(into, std::move(done));
    const auto slot = asio::get_associated_cancellation_slot(done);
    socket_.async_wait(asio::socket_base::wait_read,
                       asio::bind_cancellation_slot(
                           slot, [done = std::move(done)](error_code ec) mutable { std::move(done)(ec, 0); }));
}

std::size_t TcpStream::read_now(asio::mutable_buffer into, error_code& ec) {
    const auto count = socket_.receive(into, 0, ec);
    if (ec == asio::error::would_block || ec == asio::error::interrupted) ec.clear();
    return count;
}

void TcpStream::start_write(std::span<const asio::const_buffer> from, Done done) {
    if (from.size() == 1) return socket_.async_write_some(from.front(), std::move(done));
    socket_.async_write_some(gathered(from), std::move(done));
}

std::size_t TcpStream::write_now(std::span<const asio::const_buffer> from) {
    error_code ignored;  // full or broken: start_write will wait, or tell
    if (from.size() == 1) return socket_.send(from.front(), 0, ignored);
    return socket_.send(gathered(from), 0, ignored);
}

std::chrono::milliseconds TcpStream::without_room() noexcept {
    return stockcast::without_room(socket_.native_handle());
}

void TcpStream::close() noexcept {
    error_code ignored;
    socket_.close(ignored);
}

void TcpStream::start_shutdown(Done done) {
    error_code ec;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    asio::post(socket_.get_executor(), [ec, done = std::move(done)]() mutable { std::move(done)(ec, 0); });
}

}  // namespace stockcast
