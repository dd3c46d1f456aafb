#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// A chunked body (RFC 9112 §7.1), byte by byte: no piece needs another beside it. Strict where proxies have differed:
/// CRLF only, sizes of at most 16 digits, extensions and trailer bounded and thrown away.
/// Beast's own asserts on a last chunk that comes in two pieces (1.81, basic_parser::parse_chunk_header), which any
/// client can bring about.
class ChunkDecoder {
public:
    enum class State { reading, complete, malformed, too_large };

    explicit ChunkDecoder(std::uint64_t body_bytes_max) : left_(body_bytes_max) {}

    /// Appends the body's bytes to `body` and says how many of `bytes` belonged to it all; they are fewer than given
    /// only when the state is no longer `reading`.
    std::size_t feed(std::string_view bytes, std::string& body);
    State state() const { return state_; }

private:
    enum class At { size, extension, size_end, data, data_end, data_end_lf, line_start, line, line_end, last_lf };
    At step(char c);
    At begin_chunk();
    At end_with(State state);

    State state_ = State::reading;
    At at_ = At::size;
    std::uint64_t left_;      ///< what the body may still grow by
    std::uint64_t size_ = 0;  ///< of the chunk; then what is still to come of it
    int digits_ = 0;
    std::size_t ignored_ = 0;  ///< bytes of this extension, or of the trailer
    bool has_colon_ = false;
};

}  // namespace stockcast
