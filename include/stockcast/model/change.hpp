#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/model/quantity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// What let stockcast learn of a change (interface.md's `source`).
enum class Source { webhook, scheduled_sync, manual_sync, refresh, test, replay };
std::string_view to_string(Source source);

enum class ChangeType { stock_updated, product_created, product_updated, product_deleted };
std::string_view to_string(ChangeType type);

/// One warehouse's figure before and after; absent: not known then, or no longer named.
struct WarehouseChange {
    std::string id;  ///< JSON scalar, as in WarehouseStock
    std::string name;
    std::optional<Quantity> old_stock;
    std::optional<Quantity> new_stock;
    bool operator==(const WarehouseChange&) const = default;
};

/// How the changes up to one of them became known: by SIIGO's webhooks, or found by a sync although no webhook had told
/// them (drift). Carried from change to change, so that the counts of any stretch of the log are a difference of two
/// tallies, and the unannounced changes a chain.
struct Tally {
    std::uint64_t announced = 0;
    std::uint64_t unannounced = 0;
    Seq last_unannounced = 0;  ///< the latest of these; 0: none
    bool operator==(const Tally&) const = default;
};

/// One step of one product, as recorded for good. Applying all changes in the order of `seq` gives the products held.
struct Change {
    Seq seq = 0;
    ChangeType type = ChangeType::stock_updated;
    Source source = Source::webhook;
    LogId cause;
    Instant recorded_at;
    Product product;                    ///< after the change; only what the type needs is kept (see store/records.hpp)
    std::optional<Quantity> old_stock;  ///< stock_updated, product_deleted; absent: was not known
    std::vector<WarehouseChange> warehouses;  ///< stock_updated only: those that changed
    std::vector<std::string> changed;         ///< product_updated only: names of the members that changed
    Tally tally;                              ///< this change included; all zero where an older version recorded it

    bool is_unannounced() const { return tally.last_unannounced == seq && seq != 0; }
};

/// The event of interface.md, one JSON object: the bytes that every transport carries and the change log keeps.
void write_change_json(std::string& out, const Change& change);

}  // namespace stockcast
