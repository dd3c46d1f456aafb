#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/json.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/model/quantity.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// One warehouse's figure. `id` is the JSON scalar as SIIGO wrote it (`1270`, `"x"`, `null`): the id of "Sin asignar"
/// is documented nowhere, so nothing is assumed of it.
struct WarehouseStock {
    std::string id;
    std::string name;
    Quantity quantity;
    bool operator==(const WarehouseStock&) const = default;
};

/// How far one of a product's three registers (stock, properties, existence) has come; each is ordered alone, since one
/// order for all would let a rename that carries a lagging quantity undo a sale.
struct Register {
    std::optional<Instant> stamp;  ///< highest SIIGO stamp that was believed; reset only by a confirming read
    SeenTick seen = 0;             ///< when what is held was seen; a page counts as seen when its request was sent
    Instant seen_at;               ///< the same by our clock, for "nothing newer in the last minutes"
    bool polled = false;           ///< what is held was last seen in a page or a read, not told by a notification
    bool operator==(const Register&) const = default;
};

/// A read that is still owed, because what was said contradicts what is held, or said nothing of the figure.
struct PendingRead {
    Instant due;         ///< by our clock; counted from the *first* contradiction, so a busy product can't put it off
    SeenTick asked = 0;  ///< what is read by a request sent after this settles it
    bool operator==(const PendingRead&) const = default;
};

/// A test's figure stands where SIIGO's belongs (POST /api/webhooks/test): what was held before it, so that a test never
/// leaves the mirror wrong, whatever stops in between.
struct TestInPlace {
    LogId cause;  ///< the test's log entry
    std::optional<Quantity> available;
    std::vector<WarehouseStock> warehouses;
    std::optional<Instant> stock_updated;
    Register stock_register;
    bool operator==(const TestInPlace&) const = default;
};

/// A product as it is mirrored here.
struct Product {
    CompanyName company;
    ProductId id;
    ProductNumber number = 0;
    std::string code;
    std::string name;
    bool active = true;                 ///< absent in SIIGO's body: true
    bool stock_control = true;          ///< absent: true
    std::optional<Quantity> available;  ///< absent: SIIGO never said. Never read as zero
    std::vector<WarehouseStock>
        warehouses;  ///< empty: unknown or none. Sum may differ from `available`, which is the figure
    /// JSON object of every other member as SIIGO last said it (`type`, `prices`, `unit`, `additional_fields`, unknown
    /// ones, and also `id`, `code`, `name`, `active`, `stock_control`), less `available_quantity`, `warehouses` and
    /// `metadata`.
    std::string properties = "{}";
    std::optional<Instant> created;       ///< metadata.created
    std::optional<Instant> last_updated;  ///< metadata.last_updated as last said (what is *ordered* by is the register)
    std::optional<Instant> stock_updated;
    Register stock_register;
    Register property_register;
    Register existence_register;
    std::optional<PendingRead> pending;
    std::optional<TestInPlace> test;  ///< absent: the figure is SIIGO's
    bool deleted = false;
    bool made_up = false;  ///< only a test named it (POST /api/webhooks/test); removed by the read that follows
    Seq seq = 0;           ///< the last change of this product
    Instant changed_at;    ///< when that change was recorded
    Instant synced_at;     ///< when SIIGO last said anything of it that was believed
    bool operator==(const Product&) const = default;
};

/// The product as the API shows it: SIIGO's own members, `available_quantity`, `warehouses`, `metadata`, beside
/// `productId`, `company`, `deleted`, `seq`, `synced_at`. One JSON object.
void write_product_json(std::string& out, const Product& product);

/// `[{"id","name","quantity"}]`.
void write_warehouses_json(std::string& out, const std::vector<WarehouseStock>& warehouses);

}  // namespace stockcast
