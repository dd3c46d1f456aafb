#pragma once

#include "stockcast/base/clock.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// The last part of the address that SIIGO was given: one secret, or two while it is being rotated. Kept as SHA-256, and
/// compared in constant time. Executor only.
class WebhookSecrets {
public:
    /// The present one, then the former if there is one. Empty texts count as none.
    explicit WebhookSecrets(const std::vector<std::string>& secrets);

    /// Whether `shown` is one of them; notes when the former was last used.
    bool accepts(std::string_view shown, Steady now);

    /// `next` is the present one from now on, the present one becomes the former.
    void rotate(std::string_view next);
    void retire_former() { former_.reset(); }
    bool has_former() const { return former_.has_value(); }
    /// When a notification last came by it, since the start.
    std::optional<Steady> former_used() const { return former_used_; }

private:
    using Digest = std::array<unsigned char, 32>;
    static Digest digest_of(std::string_view text);

    std::optional<Digest> present_;
    std::optional<Digest> former_;
    std::optional<Steady> former_used_;
};

}  // namespace stockcast
