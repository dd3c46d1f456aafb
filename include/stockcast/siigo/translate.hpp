#pragma once

#include "stockcast/base/json.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/model/observation.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// SIIGO's JSON ⇄ our model. Pure. Every shape that siigo-api.md marks [O] or [?] is understood.
///
/// What becomes of a product's members, alike in a row and in a notification:
/// - `available_quantity`, `warehouses` and the three stamps are taken out, wherever they stood; a figure that is
/// missing or
///   null is *not said*, and so is a whole list of warehouses when one of them has no figure. A stamp that can't be
///   read is none;
/// - `barcode`, `brand`, `tariff`, `model` go to `additional_fields`; `company_key`, `username`, `topic`, `_links` go
/// away;
/// - what remains is `properties`, in one spelling: the id in lower case, the four known types as SIIGO writes them,
/// numbers that
///   came as strings as numbers (`price_list.value`, `taxes.percentage`, `tax_consumption_value`), a code of digits as
///   text;
/// - a null member says as little as an absent one, at the root and in `additional_fields`: "absent and null members
/// occur",
///   so a partial body must not wipe out what a fuller one said.
namespace stockcast::siigo {

/// One reason why a body is no notification: the member concerned and what is wrong (`errors` of the 422 answer).
struct Complaint {
    std::string member;
    std::string reason;
};

/// What a webhook's body says, before it is known whether it is believed.
struct Notification {
    std::string topic;
    std::string company_key;           ///< empty: not said
    std::string username;              ///< empty: not said
    std::optional<ProductId> product;  ///< absent only when just a code is given
    std::string code;
    Observation said;  ///< product, figures, stamps, properties; origin and the rest are the caller's to set
};

/// Accepts members at the root or inside `data`; `barcode`… and `created`… at the root or nested (the nested one wins
/// where they differ); `new_stock` or `stock` in place of `available_quantity`; numbers as strings. A topic other than
/// SIIGO's three, a missing or malformed id, a figure that is no number or past Quantity's bounds: complaints, all of
/// them at once.
struct NotificationOrComplaints {
    std::optional<Notification> notification;
    std::vector<Complaint> complaints;
    std::string topic, company_key, code;  ///< as far as they could be read, for the log entry
    std::optional<ProductId> product;
};
NotificationOrComplaints read_notification(Json&& body);  ///< moves the members out: the fast way
NotificationOrComplaints read_notification(const Json& body);

/// One row of a page or the answer of `GET /v1/products/{id}`. Errors: `malformed` (no id, no object), `out_of_bounds`.
Result<Observation> read_product(Json&& row);
Result<Observation> read_product(const Json& row);

/// `GET /v1/products`: rows that could be read, how many could not, and how many products SIIGO says there are in all.
struct ProductPage {
    std::vector<Observation> rows;
    std::size_t rows_total = 0;                  ///< also those that could not be read
    std::vector<std::string> unreadable;         ///< one reason a row (at most 100), with its id or code if it has one
    std::optional<std::uint64_t> total_results;  ///< absent: SIIGO did not say
};
/// `{"pagination","results"}` or a bare array. Errors: `malformed`.
Result<ProductPage> read_product_page(Json&& body);
Result<ProductPage> read_product_page(const Json& body);

/// Paginated or a bare array. Errors: `malformed`, also when a single one has no id (it would be made a second time).
Result<std::vector<Subscription>> read_subscriptions(const Json& body);
Result<Subscription> read_subscription(const Json& body);

/// SIIGO's error body in either case of its members, or what can be said of another body (HTML, empty, cut).
struct SiigoError {
    unsigned status = 0;
    std::string code;                      ///< `requests_limit`, …; empty when the body had none
    std::string message;                   ///< never empty: what SIIGO said, or what kind of body it was
    std::optional<unsigned> wait_seconds;  ///< "Try again in N seconds", at most a day
};
SiigoError read_error(unsigned status, std::string_view body);

inline constexpr std::string_view topic_create = "public.siigoapi.products.create";
inline constexpr std::string_view topic_update = "public.siigoapi.products.update";
inline constexpr std::string_view topic_stock = "public.siigoapi.products.stock.update";

}  // namespace stockcast::siigo
