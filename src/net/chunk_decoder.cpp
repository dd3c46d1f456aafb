#include "net/chunk_decoder.hpp"

#include "net/http_syntax.hpp"

#include <algorithm>

namespace stockcast {

namespace {

constexpr int digits_max = 16;
/// Extensions mean nothing to us; a long one is only a way to make us work (CVE-2023-39326).
constexpr std::size_t extension_max = 256;
constexpr std::size_t trailer_max = std::size_t{8} * 1024;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_text(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

std::size_t ChunkDecoder::feed(std::string_view bytes, std::string& body) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ == State::reading) {
        if (at_ == At::data) {
            const auto count = std::min<std::uint64_t>(size_, bytes.size() - used);
            body += bytes.substr(used, count);
            used += count;
            size_ -= count;
            if (size_ == 0) at_ = At::data_end;
            continue;
        }
        at_ = step(bytes[used++]);
    }
    return used;
}

ChunkDecoder::At ChunkDecoder::step(char c) {
    switch (at_) {
        case At::size: {
            const int digit = hex_digit(c);
            if (digit >= 0) {
                if (++digits_ > digits_max) return end_with(State::malformed);
                size_ = size_ << 4 | static_cast<std::uint64_t>(digit);
                return At::size;
            }
            if (digits_ == 0) return end_with(State::malformed);
            if (c == '\r') return At::size_end;
            ignored_ = 0;
            return c == ';' ? At::extension : end_with(State::malformed);
        }
        case At::extension:
            if (c == '\r') return At::size_end;
            return is_text(c) && ++ignored_ <= extension_max ? At::extension : end_with(State::malformed);
        case At::size_end: return c == '\n' ? begin_chunk() : end_with(State::malformed);
        case At::data_end: return c == '\r' ? At::data_end_lf : end_with(State::malformed);
        case At::data_end_lf:
            size_ = 0;
            digits_ = 0;
            return c == '\n' ? At::size : end_with(State::malformed);
        case At::line_start:
            if (c == '\r') return At::last_lf;
            has_colon_ = false;
            return http_syntax::is_token_character(c) && ++ignored_ <= trailer_max ? At::line
                                                                                   : end_with(State::malformed);
        case At::line:
            if (c == '\r') return has_colon_ ? At::line_end : end_with(State::malformed);
            if (!has_colon_ && c != ':' && !http_syntax::is_token_character(c)) return end_with(State::malformed);
            has_colon_ = has_colon_ || c == ':';
            return is_text(c) && ++ignored_ <= trailer_max ? At::line : end_with(State::malformed);
        case At::line_end: return c == '\n' ? At::line_start : end_with(State::malformed);
        case At::last_lf: return end_with(c == '\n' ? State::complete : State::malformed);
        case At::data: break;
    }
    return end_with(State::malformed);
}

ChunkDecoder::At ChunkDecoder::begin_chunk() {
    if (size_ > left_) return end_with(State::too_large);
    left_ -= size_;
    ignored_ = 0;
    return size_ == 0 ? At::line_start : At::data;
}

/// The end, one way or the other.
ChunkDecoder::At ChunkDecoder::end_with(State state) {
    state_ = state;
    return at_;
}

}  // namespace stockcast
