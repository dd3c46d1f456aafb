#include "stockcast/store/offline.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace stockcast {
namespace {

constexpr std::size_t answer_bytes_max = 4096;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

std::string system_reason(std::string_view doing) {
    return std::string{doing} + ": " + std::generic_category().message(errno);
}

/// A socket's path may have 107 bytes, a DATA_DIR more: so it is reached through a descriptor of its directory.
std::string connect_to(const Descriptor& directory, const Descriptor& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = "/proc/self/fd/" + std::to_string(directory.number()) + "/stockcast.sock";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return system_reason("no answer on stockcast.sock");
    }
    return {};
}

std::string send_all(const Descriptor& socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return system_reason("asking on stockcast.sock");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

/// The line without its end; `failed` says why there is none.
std::string read_line(const Descriptor& socket, std::string& failed) {
    std::string line;
    while (line.size() < answer_bytes_max) {
        char byte = 0;
        const auto got = ::recv(socket.number(), &byte, 1, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) failed = system_reason("waiting for the server");
        if (got == 0) failed = "the server hung up";
        if (got <= 0) return {};
        if (byte == '\n') return line;
        line += byte;
    }
    failed = "the server's answer has no end";
    return {};
}

}  // namespace

ServerAnswer ask_server(const std::string& data_dir, const std::string& line, std::chrono::seconds patience) {
    // The protocol ends at a line's end, so a name that holds one can't be asked for.
    if (line.find('\n') != std::string::npos) return {"DATA_DIR has a line break in its name", {}};
    const Descriptor data{::open(data_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (data.number() < 0) return {system_reason(data_dir), {}};
    const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.number() < 0) return {system_reason("socket"), {}};
    const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);

    auto failed = connect_to(data, socket);
    if (failed.empty()) failed = send_all(socket, line + '\n');
    if (!failed.empty()) return {failed, {}};
    const auto answer = read_line(socket, failed);
    if (!failed.empty() || answer == "ok") return {failed, {}};
    if (answer.starts_with("ok ")) return {{}, answer.substr(3)};
    return {answer.starts_with("error ") ? answer.substr(6) : "the server answered \"" + answer + '"', {}};
}

std::string ask_for_checkpoint(const std::string& data_dir, const std::string& directory,
                               std::chrono::seconds patience) {
    return ask_server(data_dir, "checkpoint " + directory, patience).failed;
}

}  // namespace stockcast
