#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/change_reads.hpp"
#include "http/handlers.hpp"
#include "http/list_answer.hpp"
#include "http/product_reads.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <utility>

namespace stockcast {
namespace {

struct HistoryRange {
    CompanyName company;
    ProductId id;
    Seq before = 0;  ///< not included
    std::size_t limit = 100;
};

Result<std::optional<ListPage>> read_history(const Store& store, const HistoryRange& wanted) {
    const auto snapshot = store.snapshot();
    // One more than asked for tells whether there are more.
    const auto seqs = changes_of(*snapshot, wanted.company, wanted.id, wanted.before, wanted.limit + 1);
    if (!seqs) return seqs.error();

    ListPage page{.name = "history", .cursor = "before"};
    std::size_t taken = 0;
    for (; taken < seqs->size(); ++taken) {
        if (taken == wanted.limit || page.entries.size() >= list_bytes_max) break;
        const auto value = snapshot->get(Family::changes, keys::change((*seqs)[taken]));
        if (!value) return value.error();
        if (!*value) return page;  // retention has come this far meanwhile: what is older is gone too
        const auto event = records::decode_event(**value);
        if (!event) return event.error();
        if (taken > 0) page.entries += ',';
        page.entries += *event;
    }
    if (taken < seqs->size()) page.next = std::to_string((*seqs)[taken] + 1);
    return page;
}

}  // namespace

asio::awaitable<HttpResponse> list_product_history(Services& services, Call call) {
    Arguments arguments{call.query};
    const auto by = read_product_by(arguments);
    HistoryRange range;
    range.company = services.settings.company;
    range.limit = arguments.limit();
    range.before = arguments.seq("before").value_or(seq_max);
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    const auto product = co_await find_product(services, by, call.arguments.front());
    if (!product) co_return failure_answer(product.error());
    if (!*product) co_return no_such_product(by);
    range.id = (*product)->id;

    const auto read = [&store = services.store, &range] { return read_history(store, range); };
    co_return co_await answer_list(services, call, read);
}

}  // namespace stockcast
