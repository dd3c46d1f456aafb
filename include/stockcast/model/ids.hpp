#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/random.hpp"
#include "stockcast/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// Position in the change log: 1 is the first change, 0 means "before everything". Grows by one, without gaps.
using Seq = std::uint64_t;

/// The small number that stockcast gives each product for good (`productId` in the API). From 1.
using ProductNumber = std::uint64_t;

/// The order in which the ledger learned of things: a counter kept in the store, not the wall clock.
using SeenTick = std::uint64_t;

/// The name by which a SIIGO company is known here (`COMPANY`): 1–32 of `a-z0-9-`.
using CompanyName = std::string;

/// SIIGO's GUID of a product, in lower case: its identity, which outlives a change of code.
class ProductId {
public:
    ProductId() = default;  ///< all zeros: no product
    /// 8-4-4-4-12 hexadecimal digits, either case. Errors: `malformed`.
    static Result<ProductId> parse(std::string_view text);
    static ProductId from_bytes(std::array<std::uint8_t, 16> bytes) { return ProductId{bytes}; }

    std::string to_string() const;
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    auto operator<=>(const ProductId&) const = default;

private:
    explicit ProductId(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}
    std::array<std::uint8_t, 16> bytes_{};
};

/// A ULID (128 bits: 48 of Unix milliseconds, 80 random): id of a log entry or a sync run, ordered by time. The `cause`
/// of a change is one of these.
class LogId {
public:
    LogId() = default;  ///< all zeros: none
    /// Ids made one after the other in the same millisecond still grow: the random part is then counted up.
    static LogId make(Instant now, Random& random, const LogId& last);
    /// The smallest id of that moment, for ranges by time.
    static LogId first_at(Instant at);
    /// 26 characters of Crockford's base 32, either case. Errors: `malformed`.
    static Result<LogId> parse(std::string_view text);
    static LogId from_bytes(std::array<std::uint8_t, 16> bytes) { return LogId{bytes}; }

    std::string to_string() const;
    Instant time() const;
    bool is_none() const { return *this == LogId{}; }
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    auto operator<=>(const LogId&) const = default;

private:
    explicit LogId(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}
    std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace stockcast

template <>
struct std::hash<stockcast::ProductId> {
    std::size_t operator()(const stockcast::ProductId& id) const noexcept {
        std::size_t h = 0xcbf29ce484222325;
        for (auto b : id.bytes()) h = (h ^ b) * 0x100000001b3;
        return h;
    }
};
