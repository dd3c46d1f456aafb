#include "http/product_list.hpp"

#include "http/answer.hpp"
#include "http/base64url.hpp"
#include "http/list_answer.hpp"
#include "http/product_csv.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace stockcast {
namespace {

std::string to_product_cursor(const ProductId& id) {
    return to_base64url({reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()});
}

}  // namespace

std::optional<ProductId> from_product_cursor(std::string_view text) {
    const auto bytes = from_base64url(text);
    std::array<std::uint8_t, 16> id{};
    if (!bytes || bytes->size() != id.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), id.begin());
    return ProductId::from_bytes(id);
}

ProductList::ProductList(const Store& store, Wanted wanted, Seq seq, Call call)
    : wanted_(std::move(wanted)), seq_(seq), call_(std::move(call)), walk_(store, wanted_.company, wanted_.after) {
    if (wanted_.format == ListFormat::csv) entries_ = product_csv_header;
}

Result<std::optional<HttpResponse>> ProductList::go_on() {
    const auto take = [&](const Product& product) {
        full_ = count_ == wanted_.limit || examined_ == list_examined_max || entries_.size() >= list_bytes_max;
        if (full_) return ProductWalk::Take::stop_before;
        ++examined_;
        if (!wanted_.filter.accepts(product)) return ProductWalk::Take::go_on;
        if (wanted_.format == ListFormat::csv) {
            append_product_csv(entries_, product);
        } else {
            if (count_ > 0) entries_ += ',';
            write_product_json(entries_, product);
        }
        ++count_;
        return ProductWalk::Take::go_on;
    };
    const auto walked = walk_.go_on(list_slice, take);
    if (!walked) return walked.error();
    if (!full_ && !walk_.is_at_end()) return std::optional<HttpResponse>{};
    return std::optional{answer()};
}

HttpResponse ProductList::answer() const {
    const auto next = full_ ? to_product_cursor(*walk_.last()) : std::string{};
    if (wanted_.format == ListFormat::json)
        return list_answer(call_, {.name = "products",
                                   .cursor = "cursor",
                                   .entries = entries_,
                                   .next = next,
                                   .more = "\"seq\":" + std::to_string(seq_)});
    auto response = csv_answer(seq_);
    response.body = entries_;
    if (full_) response.fields.add("Link", link_to_next(call_, "cursor", next));
    return response;
}

}  // namespace stockcast
