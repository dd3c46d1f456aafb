#include "app/descriptors.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <sys/resource.h>
#include <vector>

using namespace stockcast;

TEST_CASE("connections leave the store the files it needs", "[app]") {
    struct Case {
        std::uint32_t wanted;
        std::uint64_t descriptors;
        std::uint32_t taken;
    };
    for (const auto& [wanted, descriptors, taken] : std::vector<Case>{
             {20'000, 1'048'576, 20'000},
             {20'000, 20'512, 20'000},
             {20'000, 20'511, 19'999},
             {20'000, 4096, 3584},
             {20'000, 1024, 512},
             {20'000, 256, 128},
             {100, 1024, 100},
             {0, 1024, 512},
             {0, 1'048'576, 1'048'064},
             {0, std::uint64_t{1} << 40U, 0},
         }) {
        INFO(wanted << " of " << descriptors);
        CHECK(affordable_connections(wanted, descriptors) == taken);
    }
}

TEST_CASE("the limit of open files is raised to what the system allows", "[app]") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit low = before;
    low.rlim_cur = 64;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    CHECK(raise_descriptor_limit() == before.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}
