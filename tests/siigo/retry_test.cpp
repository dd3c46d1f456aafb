#include "siigo/retry_policy.hpp"
#include "support/builders.hpp"
#include "support/seeded_random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace stockcast;
using namespace stockcast::siigo;
using namespace std::chrono_literals;
using Repeatable = RetryPolicy::Repeatable;

TEST_CASE("an answer is judged by its status and by what SIIGO said", "[siigo]") {
    struct Row {
        unsigned status;
        const char* body;
        bool body_read;
        Ending ending;
    };
    const Row rows[] = {
        {200, "", true, Ending::good},
        {201, "", true, Ending::good},
        {200, "<html>", false, Ending::broken},
        {200, "", false, Ending::broken},
        {302, "", true, Ending::broken},
        {400, "{}", true, Ending::rejected},
        {400, R"({"Errors":[{"Code":"invalid_partner_id"}]})", true, Ending::refused},
        {401, "", true, Ending::refused},
        {403, "<html>", true, Ending::refused},
        {404, R"({"errors":[{"code":"not_found"}]})", true, Ending::not_found},
        {404, "<html>", true, Ending::broken},
        {404, "", true, Ending::broken},
        {408, "", true, Ending::broken},
        {409, R"({"errors":[{"code":"already_exists"}]})", true, Ending::rejected},
        {415, "", true, Ending::rejected},
        {429, "", true, Ending::throttled},
        {500, "", true, Ending::broken},
        {502, "<html>", true, Ending::broken},
        {503, "", true, Ending::broken},
        {504, "", true, Ending::broken},
    };
    for (const auto& row : rows) {
        INFO(row.status << ' ' << row.body);
        CHECK(judge_answer(row.status, read_error(row.status, row.body), row.body_read) == row.ending);
    }
}

TEST_CASE("only what can be repeated without harm is tried again, three times in all", "[siigo]") {
    struct Row {
        Ending ending;
        bool repeatable, other;
    };
    const Row rows[] = {
        {Ending::good, false, false},     {Ending::not_sent, true, true},    {Ending::lost, true, false},
        {Ending::broken, true, false},    {Ending::throttled, true, true},   {Ending::refused, false, false},
        {Ending::rejected, false, false}, {Ending::not_found, false, false},
    };
    for (const auto& row : rows) {
        INFO(static_cast<int>(row.ending));
        for (unsigned tries = 1; tries <= 3; ++tries) {
            CHECK(RetryPolicy::may_retry(row.ending, tries, Repeatable::yes) == (row.repeatable && tries < 3));
            CHECK(RetryPolicy::may_retry(row.ending, tries, Repeatable::no) == (row.other && tries < 3));
        }
    }
}

TEST_CASE("pauses have full jitter up to a bound that doubles, and never undercut a named wait", "[siigo]") {
    struct Row {
        Ending ending;
        unsigned in_a_row;
        std::optional<std::chrono::milliseconds> named;
        std::chrono::milliseconds least, most;
    };
    const Row rows[] = {
        {Ending::broken, 1, {}, 0ms, 1s},       {Ending::lost, 2, {}, 0ms, 2s},
        {Ending::broken, 40, {}, 0ms, 30s},     {Ending::throttled, 1, {}, 0ms, 10s},
        {Ending::throttled, 100, {}, 0ms, 60s}, {Ending::throttled, 1, 42s, 42s, 46200ms},
        {Ending::broken, 3, 0ms, 0ms, 0ms},
    };
    test::SeededRandom random{7};
    for (const auto& row : rows) {
        INFO(static_cast<int>(row.ending) << ' ' << row.in_a_row);
        auto shortest = row.most, longest = row.least;
        for (int i = 0; i < 2000; ++i) {
            const auto pause = RetryPolicy::pause(row.ending, row.in_a_row, row.named, random);
            shortest = std::min(shortest, pause);
            longest = std::max(longest, pause);
        }
        CHECK(shortest >= row.least);
        CHECK(longest <= row.most);
        CHECK(longest - shortest >= (row.most - row.least) * 9 / 10);
    }
}

TEST_CASE("waits are honoured wherever they are named, the longest of them, an hour at most", "[siigo]") {
    struct Row {
        unsigned status;
        std::vector<std::pair<std::string, std::string>> fields;
        const char* body;
        std::optional<std::chrono::milliseconds> wait;
    };
    const Row rows[] = {
        {503, {}, "", std::nullopt},
        {503, {{"retry-after", "17"}}, "", 17s},
        {503, {{"Retry-After", "Mon, 20 Jan 2025 12:01:30 GMT"}}, "", 90s},
        {503, {{"Retry-After", "Mon, 20 Jan 2025 11:00:00 GMT"}}, "", 0s},
        {503, {{"Retry-After", "Mon, 20 Xxx 2025 12:01:30 GMT"}}, "", std::nullopt},
        {503, {{"Retry-After", "soon"}}, "", std::nullopt},
        {503, {{"Retry-After", "-5"}}, "", std::nullopt},
        {503, {{"Retry-After", "999999999999"}}, "", 3600s},
        {429, {{"Retry-After", "5"}}, "Try again in 42 seconds", 42s},
        {429, {{"X-RateLimit-Reset", "1737374430"}}, "", 30s},
        {429, {{"RateLimit-Reset", "12"}}, "", 12s},
        {200, {{"RateLimit-Reset", "12"}, {"RateLimit-Remaining", "3"}}, "", std::nullopt},
        {200, {{"RateLimit-Reset", "12"}, {"RateLimit-Remaining", "0"}}, "", 12s},
    };
    for (const auto& row : rows) {
        HttpFields fields;
        for (const auto& [name, value] : row.fields) fields.add(name, value);
        INFO(row.status << ' ' << (row.fields.empty() ? "" : row.fields[0].second));
        CHECK(named_wait(fields, read_error(row.status, row.body), test::at("12:00")) == row.wait);
    }
}
