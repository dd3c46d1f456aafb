#include "stockcast/net/gzip.hpp"

#include "support/run.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

#include <array>
#include <vector>

using namespace stockcast;
using namespace stockcast::test;

namespace {

/// What zlib's own decoder makes of it; "broken" unless it is one complete member and nothing else.
std::string gunzip(std::string_view bytes) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string text;
    int result = Z_OK;
    while (result == Z_OK) {
        std::array<char, 5000> piece{};
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = piece.size();
        result = inflate(&stream, Z_NO_FLUSH);
        text.append(piece.data(), piece.size() - stream.avail_out);
    }
    const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    return whole ? text : "broken";
}

std::string products(int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += R"({"code":"PROD)" + std::to_string(i * 7919 % 100'000) + R"(","available_quantity":)" +
                std::to_string(i * 31 % 1000) + "},";
    return text;
}

struct InlineWorkers final : Workers {
    std::size_t jobs = 0;
    void post(std::function<void()> job) override {
        ++jobs;
        job();
    }
};

struct Pieces final : BodySource {
    explicit Pieces(std::vector<std::string> all, bool ends_with_error = false)
        : pieces(std::move(all)), fails(ends_with_error) {}
    asio::awaitable<Result<std::string>> next() override {
        if (at < pieces.size()) co_return pieces[at++];
        if (fails) co_return Errc::store_damaged;
        co_return std::string{};
    }
    std::vector<std::string> pieces;
    bool fails;
    std::size_t at = 0;
};

/// The whole body that a source gives, or the error's message.
asio::awaitable<std::string> drain(std::shared_ptr<BodySource> source) {
    std::string all;
    for (;;) {
        auto piece = co_await source->next();
        if (!piece) co_return piece.error().message();
        if (piece->empty()) co_return all;
        all += *piece;
    }
}

}  // namespace

TEST_CASE("gzip is sent to whoever asks for it, as RFC 9110 says", "[net][gzip]") {
    struct Case {
        std::vector<std::string> fields;
        bool accepted;
    };
    for (const auto& [fields, accepted] : std::vector<Case>{
             {{}, false},
             {{""}, false},
             {{"gzip"}, true},
             {{"GZip"}, true},
             {{"x-gzip"}, true},
             {{"deflate, gzip;q=1.0, *;q=0.5"}, true},
             {{"br, zstd"}, false},
             {{"br", "gzip"}, true},
             {{"gzip;q=0"}, false},
             {{"gzip;q=0.000"}, false},
             {{"gzip;q=0.001"}, true},
             {{"gzip ; q=0.5"}, true},
             {{"*"}, true},
             {{"*;q=0"}, false},
             {{"*, gzip;q=0"}, false},
             {{"*;q=0, gzip"}, true},
             {{"identity"}, false},
             {{"gzip;q=0.5, identity"}, false},
             {{"gzip;q=0.5, identity;q=0.5"}, true},
             {{"gzip;q=0.5, identity;q=0"}, true},
             {{"identity;q=0"}, false},
             {{"gzip;q=2"}, false},
             {{"gzip;q=1.001"}, false},
             {{"gzip;q=0.1234"}, false},
             {{"gzip;q=.5"}, false},
             {{"gzip;q="}, false},
             {{"gzip;level=9"}, true},
             {{",,gzip,"}, true},
             {{"gzip, deflate, br, zstd"}, true},
         }) {
        HttpFields given;
        for (const auto& field : fields) given.add("accept-encoding", field);
        INFO((fields.empty() ? "none" : fields.front()));
        CHECK(accepts_gzip(given) == accepted);
    }
}

TEST_CASE("what is compressed whole comes back the same, and smaller", "[net][gzip]") {
    for (const int count : {0, 1, 30, 200, 1000, 30'000}) {
        const auto text = products(count);
        const auto compressed = gzip(text);
        INFO(count);
        CHECK(gunzip(compressed) == text);
        if (text.size() > 1000) CHECK(compressed.size() < text.size() / 2);
    }
    std::string noise;  // what can't be compressed grows by little
    for (std::uint32_t i = 0, x = 1; i < 100'000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
    CHECK(gunzip(gzip(noise)) == noise);
    CHECK(gzip(noise).size() < noise.size() + 200);
}

TEST_CASE("a streamed body is compressed piece by piece, on a worker", "[net][gzip]") {
    asio::io_context io;
    InlineWorkers workers;
    std::vector<std::string> pieces;
    std::string whole;
    for (int i = 0; i < 40; ++i) pieces.push_back(products(500 + i)), whole += pieces.back();

    const auto compressed = run(io, drain(make_gzip_source(std::make_shared<Pieces>(pieces), workers)));
    CHECK(gunzip(compressed) == whole);
    CHECK(compressed.size() < whole.size() / 3);
    CHECK(workers.jobs == pieces.size() + 1);

    CHECK(gunzip(run(io, drain(make_gzip_source(std::make_shared<Pieces>(std::vector<std::string>{}), workers))))
              .empty());
    const std::vector<std::string> tiny{"a", "b", "c"};
    CHECK(gunzip(run(io, drain(make_gzip_source(std::make_shared<Pieces>(tiny), workers)))) == "abc");
}

TEST_CASE("a source that fails fails compressed too", "[net][gzip]") {
    asio::io_context io;
    InlineWorkers workers;
    const std::vector<std::string> some{"a"};
    const auto source = make_gzip_source(std::make_shared<Pieces>(some, /*ends_with_error=*/true), workers);
    CHECK(run(io, drain(source)) == make_error_code(Errc::store_damaged).message());
}
