#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/entity_tag.hpp"
#include "http/handlers.hpp"
#include "http/product_answers.hpp"
#include "http/product_csv.hpp"
#include "http/product_list.hpp"
#include "http/product_past.hpp"
#include "http/product_reads.hpp"
#include "http/readers.hpp"
#include "http/text.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/net/accept.hpp"

#include <memory>
#include <utility>

namespace stockcast {
namespace {

/// By Accept (RFC 9110 §12.5.1): CSV for whoever names it and takes nothing else more gladly. What is neither is
/// answered as JSON, as everywhere.
ListFormat format_for(const HttpFields& fields) {
    int csv = 0;
    int json = 0;
    for_each_wish(fields, "Accept", [&](std::string_view type, int weight) {
        if (equal_without_case(type, "text/csv")) csv = weight;
        if (equal_without_case(type, "application/json")) json = weight;
    });
    return csv > 0 && csv >= json ? ListFormat::csv : ListFormat::json;
}

asio::awaitable<HttpResponse> list_page(Services& services, ProductList::Wanted wanted, Call call) {
    const Seq seq = services.ledger.status().head;
    // Made with the first slice, since it takes a snapshot.
    std::unique_ptr<ProductList> list;
    const auto go_on = [&services, &list, &wanted, &call, seq] {
        if (!list) list = std::make_unique<ProductList>(services.store, std::move(wanted), seq, std::move(call));
        return list->go_on();
    };
    co_return co_await services.readers.answer(go_on);
}

/// All that the filter accepts, as of one moment; streamed.
asio::awaitable<HttpResponse> export_csv(Services& services, ProductList::Wanted wanted, const Call& call) {
    auto leave = services.readers.begin_export();
    if (!leave) co_return failure_answer(Errc::too_busy);

    struct Begun {
        std::unique_ptr<ProductWalk> walk;
        Seq seq = 0;
    };
    const auto begin = [&services, &wanted]() -> Result<Begun> {
        Begun begun{std::make_unique<ProductWalk>(services.store, wanted.company, wanted.after)};
        const auto head = begun.walk->head();
        if (!head) return head.error();
        begun.seq = *head;
        return begun;
    };
    auto begun = co_await services.readers.read(begin);
    if (!begun) co_return failure_answer(begun.error());

    auto response = csv_answer(begun->seq);
    // The table shows nothing that changes without a seq, so position and question name it.
    const auto named = services.ledger.status().epoch + ' ' + std::to_string(begun->seq) + ' ' + call.request.target;
    response.fields.add("ETag", entity_tag_of(named));
    response.source =
        make_product_csv(std::move(begun->walk), std::move(wanted.filter), services.readers, std::move(leave));
    co_return response;
}

asio::awaitable<HttpResponse> show_past(Services& services, ProductId id, Moment moment) {
    const auto look = [&store = services.store, company = services.settings.company, id, moment] {
        return past_of(*store.snapshot(), company, id, moment);
    };
    const auto past = co_await services.readers.read(look);
    if (!past && past.error() == Errc::not_found) co_return problem(404, "This product was not known at that time");
    if (!past && past.error() == Errc::out_of_bounds)
        co_return problem(410, "The changes of that time are no longer kept (CHANGES_RETENTION)");
    if (!past && past.error() == Errc::malformed)
        co_return problem(400, "Query parameter at: a time such as 2025-01-20T10:30:00Z or a seq up to " +
                                   std::to_string(services.ledger.status().head) + " is accepted");
    if (!past) co_return failure_answer(past.error());

    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_past_json(json.open("at"), *past);
    write_product_json(json.open("product"), past->product);
    json.close();
    co_return json_answer(200, std::move(body));
}

std::string product_body(const Product& product) {
    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_product_json(json.open("product"), product);
    json.close();
    return body;
}

/// The answer of last time, or one made of what lies in memory; null: the product has to be looked for. All in one turn
/// of the executor.
const ProductAnswers::Answer* product_at_hand(Services& services, std::string_view name) {
    const auto id = ProductId::parse(name);
    if (!id) return nullptr;
    if (const auto* kept = services.product_answers.find(*id)) return kept;
    const auto product = peek_product(services, *id);
    if (!product) return nullptr;
    auto body = product_body(*product);
    auto tag = entity_tag_of(body);
    return &services.product_answers.keep(*id, {std::move(body), std::move(tag)});
}

HttpResponse tagged_answer(const ProductAnswers::Answer& answer) {
    auto response = json_answer(200, answer.body);
    response.fields.add("ETag", answer.tag);
    return response;
}

}  // namespace

asio::awaitable<HttpResponse> list_products(Services& services, Call call) {
    Arguments arguments{call.query};
    ProductList::Wanted wanted;
    wanted.company = services.settings.company;
    wanted.limit = arguments.limit();
    wanted.filter = read_product_filter(arguments);
    wanted.format = format_for(call.request.fields);
    if (const auto cursor = arguments.text("cursor")) {
        wanted.after = from_product_cursor(*cursor);
        if (!wanted.after) arguments.complain("cursor", "the `next` of an earlier answer");
    }
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    // A table is wanted whole, unless a page of it is asked for.
    const bool is_export = wanted.format == ListFormat::csv && call.query.find("limit") == nullptr;
    auto response = is_export ? co_await export_csv(services, std::move(wanted), call)
                              : co_await list_page(services, std::move(wanted), std::move(call));
    response.fields.add("Vary", "Accept");
    co_return response;
}

asio::awaitable<HttpResponse> show_product(Services& services, Call call) {
    Arguments arguments{call.query};
    const auto by = read_product_by(arguments);
    const auto moment = arguments.moment("at");
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    const bool is_asked_by_id_now = by == ProductBy::id && !moment;
    if (is_asked_by_id_now) {
        const auto* answer = product_at_hand(services, call.arguments.front());
        if (answer != nullptr) co_return tagged_answer(*answer);
    }
    const auto product = co_await find_product(services, by, call.arguments.front());
    if (!product) co_return failure_answer(product.error());
    if (!*product) co_return no_such_product(by);
    if (moment) co_return co_await show_past(services, (*product)->id, *moment);
    co_return json_answer(200, product_body(**product));
}

}  // namespace stockcast
