#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/chain_hash.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// Whether retention takes from that family: changes, their index, logs and audit.
bool has_floor(Family family);

/// How far retention has come. What lies below is gone for every reader, whether its space was taken back already or
/// not. Kept in `meta` under keys::floors and committed by the ledger alone; a floor never goes back.
struct Floors {
    Seq changes = 1;                       ///< oldest change kept: of `changes` and `product_changes`
    std::optional<Instant> changes_until;  ///< when the last change that is gone was recorded; absent: none is gone.
        ///< What a product was like at that moment or later can be told (keys::anchor)
    ChainHash changes_hash;  ///< of the last change that is gone, which the kept ones follow; zero: it had none
    LogId logs;              ///< oldest entry kept of `webhook_logs` and `sync_logs`
    LogId audit;             ///< of `audit`
    bool operator==(const Floors&) const = default;

    /// Whether that entry is gone. Pure, so that compactions may ask it of their own thread. A key that is not of the
    /// family's form is never hidden: it is damage, and must be seen.
    bool hide(Family family, std::string_view key) const;
    /// Whether anything of that family can be hidden at all.
    bool bound(Family family) const;
    /// Of the entries beside a hidden one (all changes, a product's, a company's logs): where those that are kept
    /// begin, and what comes before all of them. A scan goes on there.
    std::string first_kept(Family family, std::string_view hidden_key) const;
    static std::string_view before_all(Family family, std::string_view hidden_key);
};

std::string encode(const Floors& floors);
/// Errors: `store_damaged`.
Result<Floors> decode_floors(std::string_view value);

}  // namespace stockcast
