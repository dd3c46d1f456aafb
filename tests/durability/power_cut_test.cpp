// The power goes at any instant of a store's life, again and again.
#include "durability/life.hpp"
#include "durability/shop.hpp"
#include "support/trials.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace stockcast::test {
namespace {

void act_at_random(Life& life, Random& random) {
    switch (random.below(10)) {
        case 0: life.write(1, 1 + random.below(1'000'000)); break;
        case 1: life.write(1 + random.below(300), 1 + random.below(200)); break;
        case 2: life.checkpoint(); break;
        case 3: life.let_go(random.below(20)); break;
        case 4: life.open(); break;
        case 5:
        case 6: life.record_change(); break;
        default: life.write(1 + random.below(5), random.below(400)); break;
    }
}

/// Some of a shop's day, through a ledger of its own.
void sell_at_random(Life& life, Random& random) {
    Shop shop{life.shadowed(), random.next()};
    for (auto sales = random.below(6); sales > 0 && life.power().has_power(); --sales) {
        const auto left = static_cast<std::int64_t>(random.below(1'000));
        if (random.below(3) == 0)
            (void)shop.sell_together(1, 1 + random.below(60), left);
        else
            (void)shop.sell(random.below(40), left);
    }
    if (random.below(6) == 0) (void)shop.let_go(std::chrono::seconds{random.below(30)});
    if (random.below(8) == 0) life.checkpoint();
}

/// What went wrong; empty: nothing. One store, over `cuts` power cuts.
std::string live_through(std::uint64_t seed, std::uint64_t cuts) {
    Life life{seed};
    SeededRandom random{~seed};
    const bool is_a_shop = random.below(3) == 0;
    if (is_a_shop) life.leave_to_a_ledger();
    for (std::uint64_t cut = 0; cut < cuts && life.problem().empty(); ++cut) {
        // Soon, so that it falls into an opening, or later.
        const bool is_soon = random.below(2) == 0;
        life.power().cut_power_after(random.below(is_soon ? 40 : 400));
        if (is_soon || !life.is_open()) life.open();
        while (life.power().has_power() && life.is_open())
            is_a_shop ? sell_at_random(life, random) : act_at_random(life, random);
        life.end(Life::Ending::power_cut);
    }
    return life.problem();
}

}  // namespace

TEST_CASE("after any power cut what was acknowledged is there, and at most the batch beyond it", "[durability]") {
    constexpr std::uint64_t cuts_of_a_store = 10;
    const auto cuts = trials(150);
    for (std::uint64_t n = 0; n < (cuts + cuts_of_a_store - 1) / cuts_of_a_store; ++n) {
        const auto seed = first_seed() + n;
        const auto problem = live_through(seed, cuts_of_a_store);
        INFO("SEED=" << seed << " TRIALS=" << cuts_of_a_store);
        CHECK(problem == "");
    }
}

}  // namespace stockcast::test
