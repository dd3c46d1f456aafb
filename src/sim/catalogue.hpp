#pragma once

#include "sim/item.hpp"
#include "sim/seeded_random.hpp"

#include <vector>

namespace stockcast::sim {

/// Draws one product of the shop after another: new names and codes each time, the same ones for the same seed.
class Catalogue {
public:
    explicit Catalogue(SeededRandom& random);

    /// Without stock, times and, for a combo, components: those are the company's to say.
    Item draw();
    /// The figures of a product that has been in the shop for a while: several warehouses, some of them empty or
    /// negative.
    std::vector<Shelf> draw_shelves(const Item& item, std::size_t warehouses);
    /// A plausible quantity for that measure between `low` and `high` pieces, kilograms or metres.
    Quantity draw_quantity(Measure measure, std::int64_t low, std::int64_t high);

    SeededRandom& random() { return random_; }

private:
    SeededRandom& random_;
    std::vector<std::uint32_t> drawn_;  ///< of each family, so far
    std::vector<std::size_t> lots_;     ///< each family's index as often as its weight says
};

}  // namespace stockcast::sim
