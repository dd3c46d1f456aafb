#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/model/quantity.hpp"

#include <optional>
#include <vector>

namespace stockcast {

/// How an observation came about, which decides how far it is believed.
enum class Origin {
    notification,  ///< a webhook that had the secret, a test, a replay: SIIGO's word at some earlier moment
    page,          ///< a row of a listing
    read,          ///< this very product, asked for by id: the authority in the end
    absence,       ///< asked for by id and not there: the product is gone
    withdrawal,    ///< not SIIGO's word: a test is over, and SIIGO could not be asked for the figure
};

/// What SIIGO said of one product at one moment. May come twice, late or out of order; `decide()` alone compares two.
struct Observation {
    CompanyName company;
    ProductId product;  ///< SIIGO's GUID
    Origin origin = Origin::notification;
    Source source = Source::webhook;
    LogId cause;  ///< the webhook's log entry or the sync run
    SeenTick seen =
        0;            ///< a notification: when it arrived; a page or read: when its request was *sent* (`Ledger::tick`)
    Instant seen_at;  ///< the same moment by our clock
    bool mirror_was_complete =
        false;  ///< a sync's, once a full pass was ever completed: what it finds is news late told

    std::optional<Quantity> available;                      ///< absent: not said. Never read as zero
    std::optional<std::vector<WarehouseStock>> warehouses;  ///< absent: not said
    Json properties = Json{Json::Object{}};  ///< said members, see Product::properties; absent means not said
    std::optional<Instant> created;
    std::optional<Instant> last_updated;
    std::optional<Instant> stock_updated;
};

}  // namespace stockcast
