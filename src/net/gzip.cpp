#include "stockcast/net/gzip.hpp"

#include "net/http_syntax.hpp"

#include "stockcast/net/accept.hpp"

#include <zlib.h>

#include <limits>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace stockcast {

namespace {

using http_syntax::equal_ignoring_case;

/// zlib's 1 takes a third of the time of its 6 and gives some 15 % more bytes of our JSON and CSV; CPU is what a
/// server that also takes webhooks has less of.
constexpr int level = 1;
constexpr std::size_t room = std::size_t{16} * 1024;  ///< the output grows by this at a time

/// zlib's state of one member.
class Deflater {
public:
    /// `bytes`: how long the text is, where that is known: what is small needs no window of 32 kB.
    explicit Deflater(std::size_t bytes = std::string::npos) {
        int window_bits = 15;
        while (window_bits > 9 && (std::size_t{1} << (window_bits - 1)) >= bytes) --window_bits;
        constexpr int gzip_wrapper = 16;
        const int memory_level = window_bits < 15 ? 5 : 8;
        const int made =
            deflateInit2(&stream_, level, Z_DEFLATED, window_bits + gzip_wrapper, memory_level, Z_DEFAULT_STRATEGY);
        if (made != Z_OK) throw std::bad_alloc{};
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    /// Appends what becomes of `text`; often nothing, until enough of it has come.
    void put(std::string_view text, std::string& out) { run(text, Z_NO_FLUSH, out); }
    void finish(std::string& out) { run({}, Z_FINISH, out); }

private:
    void run(std::string_view text, int flush, std::string& out) {
        // zlib's interface is not const-correct (ZLIB_CONST), and counts in 32 bits: our pieces are far smaller.
        if (text.size() > std::numeric_limits<uInt>::max()) throw std::length_error{"a piece too large for zlib"};
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream_.avail_in = static_cast<uInt>(text.size());
        do {
            const auto start = out.size();
            out.resize(start + room);
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + start);
            stream_.avail_out = room;
            if (deflate(&stream_, flush) == Z_STREAM_ERROR) throw std::logic_error{"zlib's state is broken"};
            out.resize(start + room - stream_.avail_out);
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
};

class GzipSource final : public BodySource {
public:
    GzipSource(std::shared_ptr<BodySource> inner, Workers& workers) : inner_(std::move(inner)), workers_(workers) {}

    asio::awaitable<Result<std::string>> next() override {
        while (!ended_) {
            auto piece = co_await inner_->next();
            if (!piece) co_return piece;
            ended_ = piece->empty();
            auto out = co_await offload(workers_, [this, text = *std::move(piece)] { return compress(text); });
            if (!out.empty()) co_return out;  // an empty piece would be the end
        }
        co_return std::string{};
    }

private:
    std::string compress(std::string_view text) {
        std::string out;
        if (text.empty())
            deflater_.finish(out);
        else
            deflater_.put(text, out);
        return out;
    }

    std::shared_ptr<BodySource> inner_;
    Workers& workers_;
    Deflater deflater_;
    bool ended_ = false;
};

}  // namespace

bool accepts_gzip(const HttpFields& fields) {
    std::optional<int> as_gzip;
    std::optional<int> as_it_is;
    std::optional<int> as_any;
    for_each_wish(fields, "Accept-Encoding", [&](std::string_view coding, int weight) {
        if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) as_gzip = weight;
        if (equal_ignoring_case(coding, "identity")) as_it_is = weight;
        if (coding == "*") as_any = weight;
    });
    const int wished = as_gzip.value_or(as_any.value_or(0));
    return wished > 0 && wished >= as_it_is.value_or(0);
}

std::string gzip(std::string_view text) {
    Deflater deflater{text.size()};
    std::string out;
    deflater.put(text, out);
    deflater.finish(out);
    return out;
}

std::shared_ptr<BodySource> make_gzip_source(std::shared_ptr<BodySource> inner, Workers& workers) {
    return std::make_shared<GzipSource>(std::move(inner), workers);
}

}  // namespace stockcast
