#pragma once

#include "stockcast/base/result.hpp"
#include "stockcast/model/chain_hash.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/model/product.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Values on disk: one byte of form version, tagged fields (a later version may add some, an earlier one skips what it
/// does not know), CRC-32 of all before it. Reading errors: `store_damaged`.
namespace stockcast::records {

std::string encode(const Product& product);
Result<Product> decode_product(std::string_view value);

/// A change as it is kept: what folding needs, beside the event's own bytes, so that it is serialised once in its life.
/// Of `change.product` are kept: always company, id, number, code, name, active, stock_control, deleted and made_up;
/// for `stock_updated` also available, *all* warehouses and stock_updated; for `product_created` and `product_updated`
/// all. Its `seq` and `changed_at` are read back as the change's own.
struct StoredChange {
    Change change;
    std::string event;              ///< `write_change_json` of it
    std::optional<ChainHash> hash;  ///< its own; absent where a version without the chain recorded it
};
std::string encode(const StoredChange& change);
/// Encodes it as the one that follows the change with the hash `before`, and gives it its own. That covers every byte of
/// the value in front of it, of the event too: what is changed afterwards shows (`is_next`).
std::string encode_next(StoredChange& change, const ChainHash& before);
/// Whether an encoded change carries the hash that follows from `before`.
bool is_next(std::string_view value, const ChainHash& before);
Result<StoredChange> decode_change(std::string_view value);
/// Only the event's bytes, for streams that resume; checks the checksum as well.
Result<std::string> decode_event(std::string_view value);

std::string encode(const WebhookLog& log);
Result<WebhookLog> decode_webhook_log(std::string_view value);
std::string encode(const SyncLog& log);
Result<SyncLog> decode_sync_log(std::string_view value);
std::string encode(const AuditEntry& entry);
Result<AuditEntry> decode_audit_entry(std::string_view value);
std::string encode(const Subscription& subscription);
Result<Subscription> decode_subscription(std::string_view value);
std::string encode(const PendingRead& pending);
Result<PendingRead> decode_pending_read(std::string_view value);

/// Plain text with version and checksum: epoch, secrets, format version.
std::string encode_text(std::string_view text);
Result<std::string> decode_text(std::string_view value);

}  // namespace stockcast::records
