#pragma once

#include "http/services.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/product.hpp"

#include <optional>
#include <string>

namespace stockcast {

/// The product of that id, deleted or not. Off the executor. Errors: as Snapshot::get.
asio::awaitable<Result<std::optional<Product>>> product_by_id(Services& services, ProductId id);
/// The product that has this code now: codes may be exchanged, so of several the latest owner, and one that is deleted
/// only where no other is left.
asio::awaitable<Result<std::optional<Product>>> product_by_code(Services& services, std::string code);

}  // namespace stockcast
