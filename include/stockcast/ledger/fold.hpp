#pragma once

#include "stockcast/model/change.hpp"

namespace stockcast {

/// What a change makes of the product as it was before (a new one: as constructed). Folding all changes of a product in
/// their order gives the product held, in all that changes tell of: number, code, name, properties, figure, warehouses,
/// existence, seq and changed_at. Registers, pending reads and `synced_at` mean nothing in it.
void fold(Product& product, const Change& change);

}  // namespace stockcast
