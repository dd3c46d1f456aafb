#include "http/answer.hpp"
#include "http/arguments.hpp"
#include "http/base64url.hpp"
#include "http/handlers.hpp"
#include "http/product_filter.hpp"
#include "http/product_reads.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <utility>

namespace stockcast {
namespace {

// A page ends at whichever comes first: the limit asked for, what a worker may look at for one request, or what an
// answer may weigh. `next` leads on in each case.
constexpr std::size_t examined_max = 20'000;
constexpr std::size_t page_bytes_max = 4u << 20;

/// The products of one page, comma-separated, and where the next begins.
struct ProductPage {
    std::string products;
    std::optional<ProductId> next_after;
};

struct PageRequest {
    CompanyName company;
    ProductFilter filter;
    std::size_t limit = 100;
    std::optional<ProductId> after;
};

Result<ProductPage> read_page(const Store& store, const PageRequest& request) {
    KeyRange range = keys::company_range(request.company);
    if (request.after) range.from = keys::product(request.company, *request.after) + '\0';

    ProductPage page;
    std::size_t count = 0;
    std::size_t examined = 0;
    ProductId last;
    bool more = false;
    error_code damaged;
    const auto take = [&](std::string_view, std::string_view value) {
        if (count == request.limit || examined == examined_max || page.products.size() >= page_bytes_max) {
            more = true;
            return false;
        }
        const auto product = records::decode_product(value);
        if (!product) {
            damaged = product.error();
            return false;
        }
        ++examined;
        last = product->id;
        if (!request.filter.accepts(*product)) return true;
        if (count++ > 0) page.products += ',';
        write_product_json(page.products, *product);
        return true;
    };
    const auto scanned = store.snapshot()->scan(Family::products, range, Direction::ascending, take);
    if (!scanned) return scanned.error();
    if (damaged) return damaged;
    if (more) page.next_after = last;
    return page;
}

/// A cursor is the last product's id: ids don't move, so writes between two pages neither hide nor repeat a product.
std::string to_cursor(const ProductId& id) {
    return to_base64url({reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()});
}

std::optional<ProductId> from_cursor(std::string_view text) {
    const auto bytes = from_base64url(text);
    std::array<std::uint8_t, 16> id{};
    if (!bytes || bytes->size() != id.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), id.begin());
    return ProductId::from_bytes(id);
}

}  // namespace

asio::awaitable<HttpResponse> list_products(Services& services, Call call) {
    Arguments arguments{call.query};
    PageRequest request;
    request.company = services.settings.company;
    request.limit = arguments.limit();
    request.filter = read_product_filter(arguments);
    if (const auto cursor = arguments.text("cursor")) {
        request.after = from_cursor(*cursor);
        if (!request.after) arguments.complain("cursor", "the `next` of an earlier answer");
    }
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    // The head of before the look: what is found may be newer, never older, so whoever resumes from it misses nothing.
    const Seq seq = services.ledger.status().head;
    const auto job = [&store = services.store, request = std::move(request)] { return read_page(store, request); };
    const auto page = co_await offload(services.workers, job);
    if (!page) co_return failure_answer(page.error());

    std::string body;
    body.reserve(page->products.size() + 100);
    JsonObjectWriter json{body};
    json.boolean("success", true).number("seq", static_cast<std::int64_t>(seq));
    json.open("products").append("[").append(page->products).append("]");
    if (page->next_after)
        json.string("next", to_cursor(*page->next_after));
    else
        json.null("next");
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<HttpResponse> show_product(Services& services, Call call) {
    Arguments arguments{call.query};
    const auto by = arguments.text("by").value_or("id");
    if (by != "id" && by != "code") arguments.complain("by", "id or code");
    if (!arguments.complaint().empty()) co_return problem(400, arguments.complaint());

    Result<std::optional<Product>> product{std::optional<Product>{}};
    if (by == "code")
        product = co_await product_by_code(services, call.arguments.front());
    else if (const auto id = ProductId::parse(call.arguments.front()))
        product = co_await product_by_id(services, *id);
    if (!product) co_return failure_answer(product.error());
    if (!*product) co_return problem(404, by == "code" ? "No product has this code" : "No product has this id");

    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true);
    write_product_json(json.open("product"), **product);
    json.close();
    co_return json_answer(200, std::move(body));
}

}  // namespace stockcast
