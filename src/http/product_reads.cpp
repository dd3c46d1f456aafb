#include "http/product_reads.hpp"

#include "http/answer.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace stockcast {
namespace {

// A code is exchanged between two products, hardly among more; the index must not be able to make a request long.
constexpr std::size_t owners_max = 64;

Result<std::optional<Product>> as_product(std::string_view value) {
    auto product = records::decode_product(value);
    if (!product) return product.error();
    return std::optional{*std::move(product)};
}

Result<std::optional<Product>> read_product(const Snapshot& snapshot, std::string_view company, const ProductId& id) {
    const auto value = snapshot.get(Family::products, keys::product(company, id));
    if (!value) return value.error();
    if (!*value) return std::optional<Product>{};
    return as_product(**value);
}

Result<std::optional<Product>> read_by_code(const Snapshot& snapshot, const std::string& company,
                                            const std::string& code) {
    std::vector<ProductId> owners;
    const auto collect = [&](std::string_view key, std::string_view) {
        if (const auto found = keys::product_code_of(key)) owners.push_back(found->id);
        return owners.size() < owners_max;
    };
    const auto scanned =
        snapshot.scan(Family::product_codes, keys::product_code_range(company, code), Direction::ascending, collect);
    if (!scanned) return scanned.error();

    std::optional<Product> best;
    for (const auto& id : owners) {
        auto product = read_product(snapshot, company, id);
        if (!product) return product.error();
        if (!*product || (*product)->code != code) continue;
        const auto rank = [](const Product& p) { return std::pair{!p.deleted, p.seq}; };
        if (!best || rank(*best) < rank(**product)) best = **std::move(product);
    }
    return best;
}

}  // namespace

ProductBy read_product_by(Arguments& arguments) {
    const auto by = arguments.text("by").value_or("id");
    if (by != "id" && by != "code") arguments.complain("by", "id or code");
    return by == "code" ? ProductBy::code : ProductBy::id;
}

HttpResponse no_such_product(ProductBy by) {
    return problem(404, by == ProductBy::code ? "No product has this code" : "No product has this id");
}

asio::awaitable<Result<std::optional<Product>>> find_product(Services& services, ProductBy by, std::string name) {
    if (by == ProductBy::code) co_return co_await product_by_code(services, std::move(name));
    const auto id = ProductId::parse(name);
    if (!id) co_return std::optional<Product>{};
    co_return co_await product_by_id(services, *id);
}

std::optional<Product> peek_product(Services& services, const ProductId& id) {
    const auto value = services.store.peek(Family::products, keys::product(services.settings.company, id));
    if (!value) return std::nullopt;
    auto product = records::decode_product(*value);
    if (!product) return std::nullopt;  // looked for again, where the damage is told
    return *std::move(product);
}

asio::awaitable<Result<std::optional<Product>>> product_by_id(Services& services, ProductId id) {
    if (auto product = peek_product(services, id)) co_return std::optional{*std::move(product)};
    const auto key = keys::product(services.settings.company, id);
    const auto job = [&store = services.store, &key]() -> Result<std::optional<Product>> {
        const auto value = store.get(Family::products, key);
        if (!value) return value.error();
        if (!*value) return std::optional<Product>{};
        return as_product(**value);
    };
    co_return co_await offload(services.workers, job);
}

asio::awaitable<Result<std::optional<Product>>> product_by_code(Services& services, std::string code) {
    const auto job = [&store = services.store, company = services.settings.company, code = std::move(code)] {
        return read_by_code(*store.snapshot(), company, code);
    };
    co_return co_await offload(services.workers, job);
}

}  // namespace stockcast
