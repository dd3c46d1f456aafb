#pragma once

#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/store/store.hpp"

#include <string>
#include <string_view>

/// Keys: the company, a zero byte, then parts whose bytewise order is the order wanted (numbers big-endian).
/// `changes` and `meta` belong to the store as a whole and carry no company. What reads a key back answers
/// `store_damaged` when it is not of that form.
namespace stockcast::keys {

std::string product(std::string_view company, const ProductId& id);
Result<ProductId> product_id_of(std::string_view product_key);
/// The code is ended by two zero bytes, a zero byte inside it (JSON allows `\u0000`) is written as 00 01: so one code's
/// range never takes in another's, and codes keep their order.
std::string product_code(std::string_view company, std::string_view code, const ProductId& id);
/// All ids that hold `code`.
KeyRange product_code_range(std::string_view company, std::string_view code);
struct ProductCode {
    std::string code;
    ProductId id;
};
Result<ProductCode> product_code_of(std::string_view product_code_key);
std::string change(Seq seq);
Result<Seq> seq_of(std::string_view change_key);
std::string product_change(std::string_view company, const ProductId& id, Seq seq);
KeyRange product_change_range(std::string_view company, const ProductId& id);
struct ProductChange {
    ProductId id;
    Seq seq = 0;
};
Result<ProductChange> product_change_of(std::string_view product_change_key);
std::string log(std::string_view company, const LogId& id);  ///< webhook_logs, sync_logs, audit
Result<LogId> log_id_of(std::string_view log_key);
std::string subscription(std::string_view company, std::string_view id);
/// The company that a key of any family but `changes` and `meta` begins with.
Result<CompanyName> company_of(std::string_view key);
/// Everything of one company in a family whose keys begin with it.
KeyRange company_range(std::string_view company);
/// From the smallest key with that prefix to the first without it.
KeyRange prefix_range(std::string prefix);

/// Names in `meta`.
inline constexpr std::string_view epoch = "epoch";
inline constexpr std::string_view format_version = "format_version";
inline constexpr std::string_view ledger_state = "ledger";  ///< head, ticks, next product number, counters: one value
inline constexpr std::string_view floors = "floors";        ///< what retention has let go: store/floors.hpp
inline constexpr std::string_view webhook_secret = "webhook_secret";
/// The one before, which still holds while a rotation is under way.
inline constexpr std::string_view former_webhook_secret = "webhook_secret_before";
std::string siigo_state(std::string_view company);  ///< "siigo/<company>/state": sends, failure buckets, refusals
std::string sync_state(std::string_view company);   ///< "sync/<company>/state": last passes, where one broke off
/// "pending/<company>/<id>": reads that are owed (value: a PendingRead), so that a restart finds them without a scan.
std::string pending_read(std::string_view company, const ProductId& id);
KeyRange pending_read_range(std::string_view company);
/// "anchor/<company>/<id>": the product as the changes that are gone had left it (value: a Product, whose registers,
/// pending read and synced_at mean nothing). From the anchors on the kept changes give the products held.
std::string anchor(std::string_view company, const ProductId& id);
inline constexpr std::string_view anchors = "anchor/";  ///< what all of them begin with
Result<ProductId> pending_product_of(std::string_view pending_key);

}  // namespace stockcast::keys
