#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/handlers.hpp"
#include "http/product_reads.hpp"
#include "http/siigo_failure.hpp"

#include "stockcast/base/json.hpp"

#include <optional>

namespace stockcast {

asio::awaitable<HttpResponse> refresh_product(Services& services, Call call) {
    Arguments arguments{call.query};
    const auto by = read_product_by(arguments);
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    std::optional<ProductId> id;
    if (by == ProductBy::code) {
        const auto owner = co_await product_by_code(services, call.arguments.front());
        if (!owner) co_return failure_answer(owner.error());
        if (!*owner) co_return problem(404, "No product here has this code; SIIGO's id may name one that SIIGO has");
        id = (*owner)->id;
    } else if (const auto parsed = ProductId::parse(call.arguments.front())) {
        id = *parsed;
    } else {
        co_return problem(404, "No product has this id");
    }

    const auto outcome = co_await services.upstream.refresh(*id);
    if (!outcome) co_return siigo_failure_answer(services, outcome.error());
    const auto product = co_await product_by_id(services, *id);
    if (!product) co_return failure_answer(product.error());
    if (!*product) co_return problem(404, "Neither SIIGO nor this mirror has a product of this id");

    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).string("result", to_string(outcome->result)).boolean("changed", outcome->changed);
    write_product_json(json.open("product"), **product);
    json.close();
    co_return json_answer(200, std::move(body));
}

}  // namespace stockcast
