#include "app/progress_bar.hpp"

#include <catch2/catch.hpp>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

TEST_CASE("progress shows what is done, of how much, and the time left", "[progress]") {
    struct Row {
        SyncProgress progress;
        const char* line;
    };
    const auto row =
        GENERATE(Row{{0, 600, 0s}, "🔄 Sync [------------------------------]  0 %  0 of 600 products"},
                 Row{{300, 600, 10s}, "🔄 Sync [###############---------------] 50 %  300 of 600 products, 10 s left"},
                 Row{{100, 600, 60s}, "🔄 Sync [####--------------------------] 16 %  100 of 600 products, 5 min left"},
                 Row{{1'000, 100'000, 100s},
                     "🔄 Sync [------------------------------]  1 %  1000 of 100000 products, 2 h 45 min left"},
                 // A catalogue that moves shows rows twice: it is over only when the sync says so.
                 Row{{610, 600, 10s}, "🔄 Sync [#############################-] 99 %  610 of 600 products"},
                 Row{{0, 0, 5s}, "🔄 Sync [------------------------------]  0 %  0 of 0 products"},
                 Row{{42, std::nullopt, 5s}, "🔄 Sync: 42 products"});
    CHECK(progress_line(row.progress, Language::english) == row.line);
}

TEST_CASE("progress speaks Spanish", "[progress]") {
    CHECK(progress_line({300, 600, 10s}, Language::spanish) ==
          "🔄 Sync [###############---------------] 50 %  300 de 600 productos, faltan 10 s");
}

}  // namespace
}  // namespace stockcast
