#include "stockcast/siigo/client.hpp"

#include "siigo/client_impl.hpp"
#include "siigo/requests.hpp"

#include <algorithm>
#include <utility>

namespace stockcast::siigo {
namespace {

/// More subscriptions than this are no listing but a fault: SIIGO has three topics.
constexpr unsigned subscription_pages_max = 10;
constexpr std::size_t subscription_page_size = 100;

/// A `read` that stores what `parse` makes of the body.
template <class T, class Parse>
std::function<bool(Json&&)> into(std::optional<T>& target, Parse parse) {
    return [&target, parse](Json&& body) {
        auto read = parse(std::move(body));
        if (read) target = std::move(*read);
        return static_cast<bool>(read);
    };
}

Result<ProductPage> parse_page(Json&& body) {
    return read_product_page(std::move(body));
}
Result<Observation> parse_product(Json&& body) {
    return read_product(std::move(body));
}

}  // namespace

Client::Client(ClientSettings settings, std::string journalled, ClientJournal& journal, Connector& connector,
               asio::any_io_executor executor, Clock& clock, Random& random, Log& log)
    : impl_(std::make_unique<Impl>(std::move(settings), journalled, journal, connector, std::move(executor), clock,
                                   random, log)) {}

Client::~Client() = default;

asio::awaitable<Result<ProductPage>> Client::list_products(ProductQuery query, std::function<void()> on_send) {
    std::optional<ProductPage> page;
    Call call;
    call.request = requests::list_products(impl_->settings, impl_->path, query);
    call.on_send = std::move(on_send);
    call.read = into(page, parse_page);
    if (auto done = co_await impl_->perform(std::move(call)); !done) co_return done.error();
    for (auto& row : page->rows) row.company = impl_->settings.company;
    co_return std::move(*page);
}

asio::awaitable<Result<std::optional<Observation>>> Client::get_product(ProductId id, std::function<void()> on_send) {
    std::optional<Observation> product;
    Call call;
    call.request = requests::get_product(impl_->settings, impl_->path, id);
    call.purpose = Purpose::read;
    call.on_send = std::move(on_send);
    call.read = into(product, parse_product);
    auto done = co_await impl_->perform(std::move(call));
    if (!done && done.error() == make_error_code(Errc::siigo_not_found)) co_return std::optional<Observation>{};
    if (!done) co_return done.error();
    if (product->product != id) co_return Errc::siigo_unavailable;  // an answer, but not to this question
    product->company = impl_->settings.company;
    co_return product;
}

asio::awaitable<Result<ProductPage>> Client::get_products(std::vector<ProductId> ids, Purpose purpose,
                                                          std::function<void()> on_send) {
    std::optional<ProductPage> page;
    Call call;
    call.request = requests::get_products(impl_->settings, impl_->path, ids);
    call.purpose = purpose;
    call.on_send = std::move(on_send);
    call.read = into(page, parse_page);
    if (auto done = co_await impl_->perform(std::move(call)); !done) co_return done.error();
    // A SIIGO that did not know the filter would list other products: who is not asked for is not answered.
    std::erase_if(page->rows,
                  [&](const Observation& row) { return std::find(ids.begin(), ids.end(), row.product) == ids.end(); });
    for (auto& row : page->rows) row.company = impl_->settings.company;
    co_return std::move(*page);
}

asio::awaitable<Result<std::vector<Subscription>>> Client::list_subscriptions() {
    std::vector<Subscription> all;
    for (unsigned page = 1; page <= subscription_pages_max; ++page) {
        std::optional<std::vector<Subscription>> listed;
        Call call;
        call.request = requests::list_subscriptions(impl_->settings, impl_->path, page);
        call.purpose = Purpose::subscriptions;
        bool paginated = false;
        call.read = [&listed, &paginated](Json&& body) {
            paginated = body.if_object() != nullptr;
            auto read = read_subscriptions(body);
            if (read) listed = std::move(*read);
            return static_cast<bool>(read);
        };
        if (auto done = co_await impl_->perform(std::move(call)); !done) co_return done.error();
        const bool was_full = listed->size() >= subscription_page_size;
        std::move(listed->begin(), listed->end(), std::back_inserter(all));
        if (!paginated || !was_full) break;
    }
    co_return all;
}

asio::awaitable<Result<Subscription>> Client::create_subscription(Subscription wanted) {
    std::optional<Subscription> made;
    Call call;
    call.request = requests::create_subscription(impl_->settings, impl_->path, wanted);
    call.purpose = Purpose::subscriptions;
    call.repeatable = RetryPolicy::Repeatable::no;
    call.read = into(made, [](Json&& body) { return read_subscription(body); });
    if (auto done = co_await impl_->perform(std::move(call)); !done) co_return done.error();
    co_return std::move(*made);
}

asio::awaitable<Result<void>> Client::update_subscription(Subscription wanted) {
    Call call;
    call.request = requests::update_subscription(impl_->settings, impl_->path, wanted);
    call.purpose = Purpose::subscriptions;
    co_return co_await impl_->perform(std::move(call));
}

asio::awaitable<Result<void>> Client::delete_subscription(std::string id) {
    Call call;
    call.request = requests::delete_subscription(impl_->settings, impl_->path, id);
    call.purpose = Purpose::subscriptions;
    co_return co_await impl_->perform(std::move(call));
}

asio::awaitable<Result<void>> Client::authenticate() {
    co_return co_await impl_->get_token();
}

ClientStatus Client::status() const {
    auto status = impl_->gate.status(impl_->moment());
    status.company_key = impl_->tokens.company_key();
    status.clock_ahead = impl_->clock_ahead;
    return status;
}

std::chrono::milliseconds Client::wait_hint() const {
    const auto now = impl_->moment();
    return std::chrono::ceil<std::chrono::milliseconds>(impl_->gate.next(now).at - now.steady);
}

}  // namespace stockcast::siigo
