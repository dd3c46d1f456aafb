#pragma once

#include "http/arguments.hpp"

#include "stockcast/base/result.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/store/store.hpp"

#include <string>
#include <string_view>

namespace stockcast {

/// A product as it once was: who it was and what stock it had. What else SIIGO says of a product (prices, taxes) is not
/// told by every change, so `properties` is empty; `synced_at` is when the last change of before was recorded.
struct Past {
    Seq seq = 0;  ///< the state is the one after this change of the log (of any product)
    Product product;
};

/// How the product stood at `moment`, found in the time that a few look-ups take, however many changes there are. A
/// time counts to the millisecond, as changes carry it; one that is yet to come is now. Blocking.
/// Errors: `not_found`: not known then; `out_of_bounds`: the changes of that time are no longer kept; `malformed`: a
/// seq that there is not yet; the snapshot's; `store_damaged`.
Result<Past> past_of(const Snapshot& snapshot, std::string_view company, const ProductId& id, const Moment& moment);

/// `{"seq":…}`.
void write_past_json(std::string& out, const Past& past);

}  // namespace stockcast
