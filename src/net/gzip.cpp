#include "stockcast/net/gzip.hpp"

#include "net/http_syntax.hpp"

#include <zlib.h>

#include <algorithm>
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

/// `0.5` in thousandths (RFC 9110 §12.4.2); absent when it is no such value.
std::optional<int> quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int value = text[0] - '0';
    for (std::size_t digit = 2; digit < 5; ++digit) {
        const char c = digit < text.size() ? text[digit] : '0';
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value <= 1000 ? std::optional{value} : std::nullopt;
}

/// What one field says of each coding, in thousandths.
struct Wishes {
    std::optional<int> gzip;
    std::optional<int> identity;
    std::optional<int> others;  ///< `*`

    void take(std::string_view member) {
        const auto semicolon = std::min(member.find(';'), member.size());
        const auto coding = http_syntax::trim(member.substr(0, semicolon));
        int value = 1000;
        if (semicolon < member.size()) {
            const auto weight = http_syntax::trim(member.substr(semicolon + 1));
            const bool has_name = weight.size() > 2 && (weight[0] == 'q' || weight[0] == 'Q') && weight[1] == '=';
            const auto said = has_name ? quality(weight.substr(2)) : std::nullopt;
            if (!said) return;
            value = *said;
        }
        if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) gzip = value;
        if (equal_ignoring_case(coding, "identity")) identity = value;
        if (coding == "*") others = value;
    }
};

}  // namespace

bool accepts_gzip(const HttpFields& fields) {
    Wishes wishes;
    for (const auto& [name, value] : fields.all()) {
        if (!equal_ignoring_case(name, "Accept-Encoding")) continue;
        for (std::string_view list = value; !list.empty();) {
            const auto comma = std::min(list.find(','), list.size());
            wishes.take(list.substr(0, comma));
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    }
    const int as_gzip = wishes.gzip.value_or(wishes.others.value_or(0));
    return as_gzip > 0 && as_gzip >= wishes.identity.value_or(0);
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
