#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/ledger/invariants.hpp"
#include "stockcast/model/observation.hpp"
#include "stockcast/siigo/client.hpp"
#include "stockcast/store/store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace stockcast {

/// What is wrong between a product as it is held (null: unknown) and SIIGO's answer to a read of it (null: SIIGO has
/// none): what the ledger would change if it heard that answer now. Pure.
struct UpstreamComparison {
    std::optional<Finding> difference;
    bool open =
        false;  ///< a notification of the last minutes says otherwise: SIIGO's API lags, so nothing is known yet
};
UpstreamComparison compare_upstream(const CompanyName& company, const ProductId& id, const Product* held,
                                    const Observation* said, Instant now);

struct UpstreamReport {
    std::uint64_t compared = 0;        ///< products of SIIGO's listing and of the mirror
    std::vector<Finding> differences;  ///< each confirmed by a second read; at most `differences_max`
    std::uint64_t more = 0;            ///< beyond these, and those which a first read alone found after so many
    std::uint64_t open = 0;            ///< products of which nothing is known yet
    static constexpr std::size_t differences_max = 1'000;
};

/// Compares each product of the mirror with SIIGO, within the client's quota: pages of 100, then each product that
/// seemed to differ by its id, since it may have been sold in between. Nothing is changed.
class UpstreamCheck {
public:
    /// Told of products compared so far and, where SIIGO says it, of all; false ends the check with `stopping`.
    using Progress = std::function<bool(std::uint64_t compared, std::optional<std::uint64_t> of_all)>;

    UpstreamCheck(CompanyName company, siigo::Client& client, const Store& store, Workers& workers, const Clock& clock)
        : company_(std::move(company)), client_(client), store_(store), workers_(workers), clock_(clock) {}

    /// Errors: the client's, which has tried again already, and the store's.
    asio::awaitable<Result<UpstreamReport>> run(Progress progress);

private:
    asio::awaitable<Result<void>> walk(UpstreamReport& report, std::vector<ProductId>& doubted,
                                       const Progress& progress);
    asio::awaitable<Result<void>> confirm(UpstreamReport& report, std::vector<ProductId> doubted);

    CompanyName company_;
    siigo::Client& client_;
    const Store& store_;
    Workers& workers_;
    const Clock& clock_;
};

}  // namespace stockcast
