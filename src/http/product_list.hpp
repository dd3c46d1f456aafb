#pragma once

#include "http/product_filter.hpp"
#include "http/product_walk.hpp"
#include "http/route.hpp"

#include "stockcast/base/result.hpp"
#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace stockcast {

enum class ListFormat { json, csv };

/// The place that the `next` of an earlier page names: the last product's id, so that it outlives writes and restarts.
std::optional<ProductId> from_product_cursor(std::string_view text);

/// One page of products under way. It ends at whichever comes first: the limit asked for, what may be looked at for one
/// request, or what an answer may weigh; `next` leads on in each case. Blocking; one thread at a time.
class ProductList {
public:
    struct Wanted {
        CompanyName company;
        ProductFilter filter;
        std::size_t limit = 100;
        std::optional<ProductId> after;
        ListFormat format = ListFormat::json;
    };
    /// `call` is kept to answer by. The seq is the head of before the look: what is found may be newer, never older, so
    /// whoever resumes from it misses nothing.
    ProductList(const Store& store, Wanted wanted, Seq seq, Call call);

    /// Looks at the next slice; the answer once there is one. Errors: as ProductWalk::go_on.
    Result<std::optional<HttpResponse>> go_on();

private:
    HttpResponse answer() const;

    Wanted wanted_;
    Seq seq_;
    Call call_;
    ProductWalk walk_;
    std::string entries_;
    std::size_t count_ = 0;
    std::size_t examined_ = 0;
    bool full_ = false;
};

}  // namespace stockcast
