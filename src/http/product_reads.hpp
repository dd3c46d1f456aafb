#pragma once

#include "http/arguments.hpp"
#include "http/services.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/net/http_message.hpp"

#include <optional>
#include <string>

namespace stockcast {

/// What the path calls a product by.
enum class ProductBy { id, code };
ProductBy read_product_by(Arguments& arguments);  ///< from `by`
HttpResponse no_such_product(ProductBy by);       ///< 404

/// The product of that id or code, as below; none also where the name is no id. Off the executor.
asio::awaitable<Result<std::optional<Product>>> find_product(Services& services, ProductBy by, std::string name);

/// The product of that id where it lies in memory: then it is read in less time than the way to a thread and back takes.
std::optional<Product> peek_product(Services& services, const ProductId& id);
/// The product of that id, deleted or not. Off the executor. Errors: as Snapshot::get.
asio::awaitable<Result<std::optional<Product>>> product_by_id(Services& services, ProductId id);
/// The product that has this code now: codes may be exchanged, so of several the latest owner, and one that is deleted
/// only where no other is left.
asio::awaitable<Result<std::optional<Product>>> product_by_code(Services& services, std::string code);

}  // namespace stockcast
