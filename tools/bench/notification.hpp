#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::bench {

/// Whole HTTP requests with a SIIGO-shaped notification of about 1.4 kB each, made ready beforehand: sending one costs
/// the copying of two numbers and a time. Every one is news (another figure, a later stamp), so the server has all its
/// work.
class Notifications {
public:
    struct Settings {
        std::string host_field;
        std::string target;  ///< holds the secret
        std::string company_key;
        unsigned products = 589;
        std::uint64_t seed = 1;  ///< another run, other products' ids
        /// `concise`: a short name and no warehouses, so that the change which clients are sent has some 300 bytes.
        enum class Shape { full, concise } shape = Shape::full;
    };
    explicit Notifications(const Settings& settings);

    /// The n-th request (from 0), good until the next call. Its figure is `figure_of(n)`.
    std::string_view request(std::uint64_t n);
    static std::uint64_t figure_of(std::uint64_t n) { return figures_from + n % figures; }
    static constexpr std::uint64_t figures_from = 1'000'000;
    static constexpr std::uint64_t figures = 8'000'000;  ///< so all have seven digits
    std::size_t body_bytes() const { return body_bytes_; }

private:
    struct Template {
        std::string text;
        std::vector<std::size_t> figures_at;
        std::size_t stamp_at = 0;
    };
    std::vector<Template> templates_;
    std::size_t body_bytes_ = 0;
    std::int64_t began_ms_;
};

/// The same as a function, which owns them.
std::function<std::string_view(std::uint64_t n)> requests_of(Notifications notifications);

}  // namespace stockcast::bench
