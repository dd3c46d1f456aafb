#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast::bench {

/// An HTTP answer as it comes, also one of millions of bytes in chunks: nothing of it is looked at twice.
class IncomingAnswer {
public:
    /// Takes what came; true once the answer is complete. One answer is under way on a connection, so nothing may
    /// follow it. Throws std::runtime_error when this is no answer, or more than one.
    bool take(std::string_view bytes);

    unsigned status() const { return status_; }
    const std::string& body() const { return body_; }
    /// Those of it so far, kept or not.
    std::uint64_t body_bytes() const { return body_bytes_; }
    /// The body is counted, not kept.
    void discard_body() { keep_ = false; }

private:
    enum class Framing { length, chunks };

    void read_head(std::string_view head);
    bool take_counted(std::string_view bytes);
    bool take_chunks(std::string_view bytes);
    bool end_line();
    void take_body(std::string_view bytes);

    std::string head_;
    bool in_head_ = true;
    Framing framing_ = Framing::length;
    std::uint64_t left_ = 0;  ///< of the body, or of the chunk and the line end after it
    std::string line_;        ///< a chunk's size, or of the trailer
    bool in_trailer_ = false;
    unsigned status_ = 0;
    bool keep_ = true;
    std::string body_;
    std::uint64_t body_bytes_ = 0;
};

}  // namespace stockcast::bench
