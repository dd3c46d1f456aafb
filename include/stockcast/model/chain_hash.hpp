#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast {

/// SHA-256 of the change log up to and with one change: of the hash before it, then of the change's own bytes. Two logs
/// whose heads have the same hash hold the same changes. All zero: before the first change that has one.
struct ChainHash {
    std::array<std::uint8_t, 32> bytes{};

    /// That of the change with these bytes, which comes next. Throws std::runtime_error where OpenSSL has no SHA-256.
    ChainHash followed_by(std::string_view change) const;
    std::string to_hex() const;  ///< 64 digits, in lower case
    bool operator==(const ChainHash&) const = default;
};

}  // namespace stockcast
