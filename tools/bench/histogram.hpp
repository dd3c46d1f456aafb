#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace stockcast::bench {

/// Durations in buckets of at most 1/64 of their value (so percentiles are right to 1.6 %); fixed in size, so that
/// measuring costs the same from the first to the last.
class Histogram {
public:
    void add(std::chrono::nanoseconds duration) {
        const auto ns = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
        ++buckets_[bucket_of(ns)];
        ++count_;
        if (ns > max_) max_ = ns;
    }
    std::uint64_t count() const { return count_; }
    std::chrono::nanoseconds max() const { return std::chrono::nanoseconds{max_}; }

    /// The least duration that `share` (0 to 1) of all do not exceed; zero when there are none.
    std::chrono::nanoseconds percentile(double share) const {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_) + 0.5);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            below += buckets_[i];
            if (below >= wanted && below > 0)
                return std::chrono::nanoseconds{upper_end(i) < max_ ? upper_end(i) : max_};
        }
        return max();
    }

private:
    static constexpr unsigned sub_bits = 6;
    static constexpr std::uint64_t sub_count = 1U << sub_bits;

    static std::size_t bucket_of(std::uint64_t ns) {
        if (ns < sub_count) return ns;
        const auto shift = static_cast<unsigned>(std::bit_width(ns)) - sub_bits - 1;
        return (shift + 1) * sub_count + ((ns >> shift) - sub_count);
    }
    static std::uint64_t upper_end(std::size_t bucket) {
        if (bucket < sub_count) return bucket;
        const auto shift = bucket / sub_count - 1;
        return ((bucket % sub_count + sub_count + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - sub_bits + 1) * sub_count> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace stockcast::bench
