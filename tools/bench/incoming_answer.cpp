#include "bench/incoming_answer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace stockcast::bench {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t head_bytes_max = std::size_t{64} << 10;

[[noreturn]] void no_answer(const char* why) {
    throw std::runtime_error(std::string{"the answer is no HTTP/1.1 that can be read: "} + why);
}

std::uint64_t number(std::string_view text, int base) {
    std::uint64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value, base).ec != std::errc{}) no_answer("its length");
    return value;
}

/// The value of a field in a head in lower case.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
    const auto found = head.find(name);
    if (found == std::string_view::npos) return std::nullopt;
    auto value = head.substr(found + name.size());
    value = value.substr(0, value.find(line_end));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
}

}  // namespace

bool IncomingAnswer::take(std::string_view bytes) {
    if (!in_head_) return framing_ == Framing::length ? take_counted(bytes) : take_chunks(bytes);
    head_ += bytes;
    const auto end = head_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (head_.size() > head_bytes_max) no_answer("its head is too long");
        return false;
    }
    in_head_ = false;
    const auto rest = head_.substr(end + 4);
    head_.resize(end + line_end.size());
    read_head(head_);
    return take(rest);
}

void IncomingAnswer::read_head(std::string_view head) {
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) no_answer("its first line");
    status_ = static_cast<unsigned>(number(head.substr(9, 3), 10));
    std::string lower{head};
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (const auto length = field(lower, "\r\ncontent-length:")) {
        left_ = number(*length, 10);
    } else if (field(lower, "\r\ntransfer-encoding:") == "chunked") {
        framing_ = Framing::chunks;
    } else if (status_ != 304 && status_ != 204) {
        no_answer("it has no length");
    }
}

bool IncomingAnswer::take_counted(std::string_view bytes) {
    if (bytes.size() > left_) no_answer("more came than it had announced");
    take_body(bytes);
    left_ -= bytes.size();
    return left_ == 0;
}

bool IncomingAnswer::take_chunks(std::string_view bytes) {
    while (!bytes.empty()) {
        if (left_ > 0) {
            const auto part = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
            const auto of_line_end = std::min<std::uint64_t>(left_, line_end.size());
            take_body(part.substr(0, std::min<std::uint64_t>(left_ - of_line_end, part.size())));
            left_ -= part.size();
            bytes.remove_prefix(part.size());
            continue;
        }
        line_ += bytes.front();
        bytes.remove_prefix(1);
        if (!line_.ends_with(line_end) || !end_line()) continue;
        if (!bytes.empty()) no_answer("more came than its last chunk");
        return true;
    }
    return false;
}

/// True after the trailer's end.
bool IncomingAnswer::end_line() {
    const bool is_empty = line_ == line_end;
    if (!in_trailer_) {
        const auto size = number(line_, 16);
        in_trailer_ = size == 0;
        left_ = in_trailer_ ? 0 : size + line_end.size();
    } else if (is_empty) {
        return true;
    }
    line_.clear();
    return false;
}

void IncomingAnswer::take_body(std::string_view bytes) {
    body_bytes_ += bytes.size();
    if (keep_) body_ += bytes;
}

}  // namespace stockcast::bench
