#pragma once

#include "http/product_filter.hpp"
#include "http/readers.hpp"

#include "stockcast/model/product.hpp"
#include "stockcast/net/http_message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace stockcast {

class ProductWalk;

/// Of every table of products; SIIGO's own names, then ours. `warehouses` is JSON, since their number differs.
inline constexpr std::string_view product_csv_header =
    "id,code,name,barcode,active,stock_control,available_quantity,warehouses,productId,company,seq,changed_at\r\n";

/// Appends the product's line (RFC 4180). A figure that is not known is an empty cell.
void append_product_csv(std::string& out, const Product& product);

/// 200 with the fields of such a table, and the position that it holds for; the body is the caller's.
HttpResponse csv_answer(Seq seq);

/// All that the filter accepts of `walk`, with the header, made piece by piece while it is sent. `leave`: of
/// Readers::begin_export, let go of with the source.
std::shared_ptr<BodySource> make_product_csv(std::unique_ptr<ProductWalk> walk, ProductFilter filter, Readers& readers,
                                             std::shared_ptr<const void> leave);

}  // namespace stockcast
