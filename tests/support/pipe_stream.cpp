#include "support/pipe_stream.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace stockcast::test {

/// Bytes on their way from one end to the other.
struct PipeStream::Direction {
    Direction(asio::any_io_executor the_writers, asio::any_io_executor the_readers, std::size_t its_capacity)
        : writers(std::move(the_writers)), readers(std::move(the_readers)), capacity(its_capacity) {}

    struct Read {
        asio::mutable_buffer into;
        Done done;
    };
    struct Write {
        std::vector<asio::const_buffer> from;
        Done done;
    };

    const asio::any_io_executor& executor_of(const Read&) const { return readers; }
    const asio::any_io_executor& executor_of(const Write&) const { return writers; }

    template <class Pending>
    void complete(Pending pending, error_code ec, std::size_t count) {
        asio::get_associated_cancellation_slot(pending.done).clear();
        asio::post(executor_of(pending), asio::append(std::move(pending.done), ec, count));
    }

    template <class Pending>
    void fail(std::optional<Pending>& pending, error_code ec) {
        complete(*std::exchange(pending, std::nullopt), ec, 0);
    }

    void settle() {
        settle_write();
        settle_read();
        settle_write();
    }

    void settle_read() {
        if (!read) return;
        if (reader_gone) return fail(read, asio::error::operation_aborted);
        if (bytes.empty() && !ended) return;
        auto waiting = *std::exchange(read, std::nullopt);
        const auto count = std::min(waiting.into.size(), bytes.size());
        if (count > 0) std::memcpy(waiting.into.data(), bytes.data(), count);
        const bool at_end = bytes.empty();
        bytes.erase(0, count);
        complete(std::move(waiting), at_end ? error_code{asio::error::eof} : error_code{}, count);
    }

    void settle_write() {
        if (!write) return;
        if (reader_gone || ended) return fail(write, asio::error::broken_pipe);
        if (bytes.size() >= capacity) return;
        auto waiting = *std::exchange(write, std::nullopt);
        const auto count = take_in(waiting.from);
        complete(std::move(waiting), {}, count);
    }

    std::size_t take_in(std::span<const asio::const_buffer> from) {
        std::size_t count = 0;
        for (const auto& piece : from) {
            const auto room = capacity - std::min(capacity, bytes.size());  // put() heeds no capacity
            const auto part = std::min(piece.size(), room);
            bytes.append(static_cast<const char*>(piece.data()), part);
            count += part;
        }
        return count;
    }

    asio::any_io_executor writers;
    asio::any_io_executor readers;
    std::size_t capacity;
    std::string bytes;
    bool ended = false;        ///< no more will be sent
    bool reader_gone = false;  ///< the reading end is closed
    std::chrono::milliseconds without_room = std::chrono::milliseconds::max();
    std::optional<Read> read;
    std::optional<Write> write;
};

PipeStream::Pair PipeStream::make(asio::any_io_executor executor, std::size_t capacity) {
    return make(executor, executor, capacity);
}

PipeStream::Pair PipeStream::make(asio::any_io_executor first, asio::any_io_executor second, std::size_t capacity) {
    const auto there = std::make_shared<Direction>(first, second, capacity);
    const auto back = std::make_shared<Direction>(second, first, capacity);
    return {std::unique_ptr<PipeStream>{new PipeStream{first, back, there}},
            std::unique_ptr<PipeStream>{new PipeStream{second, there, back}}};
}

PipeStream::PipeStream(asio::any_io_executor executor, std::shared_ptr<Direction> in, std::shared_ptr<Direction> out)
    : executor_(std::move(executor)), in_(std::move(in)), out_(std::move(out)) {}

PipeStream::~PipeStream() {
    close();
}

void PipeStream::start_read(asio::mutable_buffer into, Done done) {
    auto slot = asio::get_associated_cancellation_slot(done);
    in_->read.emplace(Direction::Read{into, std::move(done)});
    if (slot.is_connected())
        slot.assign([direction = std::weak_ptr{in_}](asio::cancellation_type) {
            const auto alive = direction.lock();
            if (!alive || !alive->read) return;
            auto cancelled = std::exchange(alive->read, std::nullopt);
            asio::post(alive->readers, asio::append(std::move(cancelled->done),
                                                    error_code{asio::error::operation_aborted}, std::size_t{0}));
        });
    in_->settle();
}

void PipeStream::start_write(std::span<const asio::const_buffer> from, Done done) {
    out_->write.emplace(Direction::Write{{from.begin(), from.end()}, std::move(done)});
    out_->settle();
}

std::size_t PipeStream::read_now(asio::mutable_buffer into, error_code& ec) {
    if (in_->bytes.empty() && in_->ended) ec = asio::error::eof;
    if (in_->reader_gone) ec = asio::error::bad_descriptor;
    const auto count = std::min(into.size(), in_->bytes.size());
    if (count > 0) std::memcpy(into.data(), in_->bytes.data(), count);
    in_->bytes.erase(0, count);
    in_->settle();
    return count;
}

std::size_t PipeStream::write_now(std::span<const asio::const_buffer> from) {
    if (out_->reader_gone || out_->ended) return 0;
    const auto count = out_->take_in(from);
    out_->settle();
    return count;
}

std::size_t PipeStream::unacknowledged() noexcept {
    return out_->bytes.size();
}

std::chrono::milliseconds PipeStream::without_room() noexcept {
    return out_->without_room;
}

void PipeStream::have_had_room(std::chrono::milliseconds ago) {
    in_->without_room = ago;
}

void PipeStream::close() noexcept {
    in_->reader_gone = true;
    out_->ended = true;
    in_->settle();
    out_->settle();
}

void PipeStream::start_shutdown(Done done) {
    put_end();
    asio::post(executor_, asio::append(std::move(done), error_code{}, std::size_t{0}));
}

void PipeStream::put(std::string_view bytes) {
    if (out_->ended || out_->reader_gone) return;
    out_->bytes += bytes;
    out_->settle();
}

void PipeStream::put_end() {
    out_->ended = true;
    out_->settle();
}

std::string PipeStream::take() {
    std::string taken;
    for (;;) {  // each round makes room for a write that waits; one that follows comes with a later take()
        const auto part = std::exchange(in_->bytes, {});
        taken += part;
        in_->settle_write();
        if (part.empty()) return taken;
    }
}

bool PipeStream::is_ended() const {
    return in_->ended && in_->bytes.empty();
}

bool PipeStream::is_alone() const {
    return in_.use_count() == 1 && out_.use_count() == 1;
}

}  // namespace stockcast::test
