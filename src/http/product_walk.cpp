#include "http/product_walk.hpp"

#include "http/change_reads.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <utility>

namespace stockcast {

ProductWalk::ProductWalk(const Store& store, CompanyName company, std::optional<ProductId> after)
    : snapshot_(store.snapshot()), company_(std::move(company)), last_(after) {}

Result<void> ProductWalk::go_on(std::size_t rows, const std::function<Take(const Product&)>& take) {
    KeyRange range = keys::company_range(company_);
    if (last_) range.from = keys::product(company_, *last_) + '\0';

    error_code damaged;
    at_end_ = true;
    const auto visit = [&](std::string_view, std::string_view value) {
        if (rows-- == 0) {
            at_end_ = false;
            return false;
        }
        const auto product = records::decode_product(value);
        if (!product) {
            damaged = product.error();
            return false;
        }
        if (take(*product) == Take::stop_before) {
            at_end_ = false;
            return false;
        }
        last_ = product->id;
        return true;
    };
    const auto scanned = snapshot_->scan(Family::products, range, Direction::ascending, visit);
    if (!scanned) return scanned.error();
    if (damaged) return damaged;
    return {};
}

Result<Seq> ProductWalk::head() const {
    const auto state = ledger_state_of(*snapshot_);
    if (!state) return state.error();
    return state->head;
}

}  // namespace stockcast
