#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace stockcast {

/// The only source of chance: jitter, ids, secrets. Tests and the simulation replace it by a seeded one.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;

    std::uint64_t next();
    /// Uniform in [0, bound); 0 when bound is 0.
    std::uint64_t below(std::uint64_t bound);
    /// `bytes` random bytes as base64url without padding (RFC 4648 §5): secrets, tickets, epochs.
    std::string token(std::size_t bytes);
};

/// OpenSSL's CSPRNG. Throws std::runtime_error when the machine has no entropy: nothing may go on then.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

}  // namespace stockcast
