#include "sync/reconcile.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <iterator>

namespace stockcast {

Result<MissingSlice> find_missing(const Store& store, const std::string& company, const std::string& from,
                                  const ProductIdSet& seen, SeenTick pass_began, std::size_t limit) {
    MissingSlice slice;
    auto range = keys::company_range(company);
    if (!from.empty()) range.from = from;

    error_code trouble;
    std::size_t looked_at = 0;
    const auto look = [&](std::string_view key, std::string_view value) {
        if (looked_at++ == limit) {
            slice.next = key;
            return false;
        }
        const auto id = keys::product_id_of(key);
        if (!id) {
            trouble = id.error();
            return false;
        }
        if (seen.contains(*id)) {
            ++slice.held;
            return true;
        }
        const auto product = records::decode_product(value);
        if (!product) {
            trouble = product.error();
            return false;
        }
        if (product->deleted) return true;
        ++slice.held;
        // A webhook or a read told of it while the pass went on: it may be newer than the pages that did not show it.
        if (product->existence_register.seen < pass_began) slice.missing.push_back(*id);
        return true;
    };
    const auto scanned = store.snapshot()->scan(Family::products, range, Direction::ascending, look);
    if (!scanned) return scanned.error();
    if (trouble) return trouble;
    return slice;
}

MissingVerdict judge_missing(std::uint64_t held, std::vector<ProductId> missing, std::vector<ProductId> suspected) {
    constexpr std::size_t few = 10;
    const auto too_many = [held](std::size_t count) { return count > few && count * 100 > held * 3; };

    MissingVerdict verdict;
    if (!too_many(missing.size())) {
        verdict.confirm = std::move(missing);
        return verdict;
    }
    std::sort(missing.begin(), missing.end());
    std::sort(suspected.begin(), suspected.end());
    std::set_intersection(missing.begin(), missing.end(), suspected.begin(), suspected.end(),
                          std::back_inserter(verdict.confirm));
    std::set_difference(missing.begin(), missing.end(), suspected.begin(), suspected.end(),
                        std::back_inserter(verdict.suspects));
    verdict.many = !verdict.confirm.empty();
    if (!too_many(verdict.suspects.size())) {
        verdict.confirm.insert(verdict.confirm.end(), verdict.suspects.begin(), verdict.suspects.end());
        verdict.suspects.clear();
    }
    return verdict;
}

Absences absences(const std::vector<ProductId>& asked, const siigo::ProductPage& answer) {
    Absences result;
    for (const auto& id : asked) {
        const auto is_it = [&id](const Observation& row) { return row.product == id; };
        if (std::none_of(answer.rows.begin(), answer.rows.end(), is_it)) result.gone.push_back(id);
    }
    if (answer.rows_total > answer.rows.size() && !result.gone.empty()) {
        result.unclear = true;
        result.gone.clear();
    }
    return result;
}

}  // namespace stockcast
