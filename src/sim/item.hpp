#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/instant.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/quantity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A product as SIIGO itself keeps it: more than it tells.
namespace stockcast::sim {

/// A product's place in the company: never given twice, so the order of slots is the order of creation.
using Slot = std::uint32_t;

enum class ItemType { product, service, consumer_good, combo };
std::string_view to_string(ItemType type);  ///< `Product`, …

/// How a thing is sold, which decides what its quantities look like.
enum class Measure { piece, weight, length };

struct AccountGroup {
    int id;
    std::string_view name;
};

/// What DIAN calls the unit (UN/ECE Recommendation 20).
struct Unit {
    std::string_view code;
    std::string_view name;
};

struct Tax {
    std::string_view classification;  ///< `Taxed`, `Exempt`, `Excluded`
    int id;                           ///< 0: no tax is listed
    std::string_view name;
    std::string_view percentage;
};

struct Shelf {
    std::size_t warehouse = 0;  ///< index in Company::warehouses()
    Quantity quantity;
};

/// The stock as it was from some moment on; the past ones serve `Faults::figures_lag`.
struct Figures {
    Steady since = Steady::min();
    Quantity available;  ///< sum of the shelves
    std::vector<Shelf> shelves;
    std::optional<Instant> stock_updated;
};

struct Item {
    Slot slot = 0;
    ProductId id;
    std::string code;
    std::string name;
    std::optional<std::string> reference, description;
    std::optional<std::string> barcode, brand, tariff, model;
    ItemType type = ItemType::product;
    Measure measure = Measure::piece;
    bool stock_control = true;
    bool active = true;
    bool has_movements = false;
    AccountGroup group{};
    Unit unit{};
    Tax tax{};
    std::int64_t price = 0;  ///< COP
    std::optional<std::int64_t> wholesale_price;
    std::vector<Slot> components;  ///< of a combo
    Figures figures;
    std::vector<Figures> past;  ///< oldest first, bounded
    Instant created;
    std::optional<Instant> last_updated;

    /// The figures as they were at that moment, or the oldest that are still known.
    const Figures& figures_at(Steady moment) const;
    /// The last change of properties or of stock; nothing when there was none.
    std::optional<Instant> touched() const;
};

/// `n` thousandths, exactly.
Quantity thousandths(std::int64_t n);

}  // namespace stockcast::sim
