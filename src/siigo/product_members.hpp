#pragma once

#include "stockcast/base/json.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/observation.hpp"
#include "stockcast/siigo/translate.hpp"

#include <string>
#include <vector>

namespace stockcast::siigo {

/// Where a product's members were found: `new_stock` and `stock` stand for the figure only in a notification.
enum class Shape { row, notification };

/// A product's JSON members sorted into what the model keeps apart (figures, stamps) and the rest (`properties`).
struct ProductMembers {
    Observation said;
    bool has_id = false;  ///< `said.product` was given and could be read
    std::string code;     ///< empty: not said
    std::vector<Complaint> complaints;
    Errc first_error = Errc::malformed;  ///< of the first complaint
};

/// Takes the members apart by moving them. A `null` member says as little as an absent one.
ProductMembers split_product(Json::Object&& members, Shape shape);

}  // namespace stockcast::siigo
