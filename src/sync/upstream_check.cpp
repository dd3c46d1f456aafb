#include "stockcast/sync/upstream_check.hpp"

#include "sync/page_walk.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/ledger/decide.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace stockcast {
namespace {

constexpr unsigned page_size = 100;         // SIIGO's largest
constexpr std::size_t ids_a_request = 20;   // and its bound for `ids=`
constexpr std::size_t doubted_max = 5'000;  // 250 requests: some minutes; whoever has more has seen enough

std::string shown(const std::optional<Quantity>& figure) {
    return figure ? figure->to_string() : "?";
}

Finding finding(Sentence sentence, std::initializer_list<Field> fields) {
    return {fill_in(sentence.english, fields), fill_in(sentence.spanish, fields)};
}

std::string code_of(const Observation& said) {
    const auto* code = said.properties.find("code");
    const auto* text = code ? code->if_string() : nullptr;
    return text ? *text : said.product.to_string();
}

/// What the ledger would record if it took `said` for the truth.
Finding describe(const Product* held, const Observation& said, const Decision& decision) {
    if (!held || held->deleted) {
        return finding(
            {"{code}: SIIGO has it ({id}), stockcast does not", "{code}: SIIGO lo tiene ({id}), stockcast no"},
            {{"code", code_of(said)}, {"id", said.product.to_string()}});
    }
    const bool stock = std::ranges::count(decision.changes, ChangeType::stock_updated) > 0;
    if (stock && held->available != decision.next.available) {
        return finding(
            {"{code}: stockcast has {held}, SIIGO {said}", "{code}: stockcast tiene {held}, SIIGO {said}"},
            {{"code", held->code}, {"held", shown(held->available)}, {"said", shown(decision.next.available)}});
    }
    if (stock) {
        std::string warehouses;
        for (const auto& warehouse : decision.warehouses)
            warehouses += (warehouses.empty() ? "" : ", ") + (warehouse.name.empty() ? warehouse.id : warehouse.name);
        return finding({"{code}: the figures of its warehouses differ ({names})",
                        "{code}: las cifras de sus bodegas difieren ({names})"},
                       {{"code", held->code}, {"names", warehouses}});
    }
    std::string members;
    for (const auto& member : decision.changed) members += (members.empty() ? "" : ", ") + member;
    return finding({"{code}: these differ: {members}", "{code}: difieren: {members}"},
                   {{"code", held->code}, {"members", members}});
}

/// Of a company, by id; those that the store does not hold are left out. Blocking.
Result<std::map<ProductId, Product>> read_products(const Store& store, const CompanyName& company,
                                                   const std::vector<ProductId>& ids) {
    std::vector<std::string> product_keys;
    product_keys.reserve(ids.size());
    for (const auto& id : ids) product_keys.push_back(keys::product(company, id));
    const auto values = store.get_many(Family::products, product_keys);
    if (!values) return values.error();
    std::map<ProductId, Product> products;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!(*values)[i]) continue;
        auto product = records::decode_product(*(*values)[i]);
        if (!product) return product.error();
        products.emplace(ids[i], *std::move(product));
    }
    return products;
}

/// Products held that `seen` lacks: SIIGO's listing did not show them. Blocking.
Result<std::vector<ProductId>> read_unseen(const Store& store, const CompanyName& company, const ProductIdSet& seen,
                                           std::size_t most) {
    std::vector<ProductId> unseen;
    error_code damaged;
    const auto scanned = store.snapshot()->scan(Family::products, keys::company_range(company), Direction::ascending,
                                                [&](std::string_view, std::string_view value) {
                                                    const auto product = records::decode_product(value);
                                                    if (!product) {
                                                        damaged = product.error();
                                                        return false;
                                                    }
                                                    if (!product->deleted && !seen.contains(product->id))
                                                        unseen.push_back(product->id);
                                                    return unseen.size() < most;
                                                });
    if (!scanned) return scanned.error();
    if (damaged) return damaged;
    return unseen;
}

const Product* find(const std::map<ProductId, Product>& products, const ProductId& id) {
    const auto found = products.find(id);
    return found == products.end() ? nullptr : &found->second;
}

}  // namespace

UpstreamComparison compare_upstream(const CompanyName& company, const ProductId& id, const Product* held,
                                    const Observation* said, Instant now) {
    if (!said) {
        if (!held || held->deleted) return {};
        return {
            finding({"{code}: stockcast has it, SIIGO does not ({id})", "{code}: stockcast lo tiene, SIIGO no ({id})"},
                    {{"code", held->code}, {"id", id.to_string()}}),
            false};
    }
    auto read = *said;
    read.company = company;
    read.origin = Origin::read;
    read.source = Source::refresh;
    read.seen_at = now;
    if (held)
        read.seen =
            1 + std::max({held->stock_register.seen, held->property_register.seen, held->existence_register.seen});
    const auto decision = decide(held, read, now);
    if (!decision.changes.empty()) return {describe(held, read, decision), false};
    const bool is_open = decision.stock == Verdict::deferred || decision.properties == Verdict::deferred ||
                         decision.existence == Verdict::deferred;
    return {std::nullopt, is_open};
}

asio::awaitable<Result<UpstreamReport>> UpstreamCheck::run(Progress progress) {
    UpstreamReport report;
    std::vector<ProductId> doubted;
    if (auto walked = co_await walk(report, doubted, progress); !walked) co_return walked.error();
    if (auto confirmed = co_await confirm(report, std::move(doubted)); !confirmed) co_return confirmed.error();
    co_return report;
}

asio::awaitable<Result<void>> UpstreamCheck::walk(UpstreamReport& report, std::vector<ProductId>& doubted,
                                                  const Progress& progress) {
    PageWalk pages{SyncKind::full, page_size};
    while (const auto number = pages.next_page()) {
        siigo::ProductQuery query;
        query.page = *number;
        query.page_size = page_size;
        auto answer = co_await client_.list_products(query, [] {});
        if (!answer) co_return answer.error();
        PageTaken page{.ids = {}, .rows = answer->rows_total, .total = answer->total_results};
        for (const auto& row : answer->rows) page.ids.push_back(row.product);
        const auto held = co_await offload(workers_, [&store = store_, company = company_, ids = page.ids] {
            return read_products(store, company, ids);
        });
        if (!held) co_return held.error();
        for (const auto& row : answer->rows) {
            if (pages.seen().contains(row.product)) continue;
            ++report.compared;
            const auto compared =
                compare_upstream(company_, row.product, find(*held, row.product), &row, clock_.wall());
            if (!compared.difference && !compared.open) continue;
            if (doubted.size() < doubted_max)
                doubted.push_back(row.product);
            else
                ++report.more;
        }
        pages.take(page);
        if (!progress(report.compared, pages.total())) co_return Errc::stopping;
    }
    const auto room = doubted_max - doubted.size();
    const auto unseen = co_await offload(workers_, [&store = store_, company = company_, seen = pages.seen(), room] {
        return read_unseen(store, company, seen, room);
    });
    if (!unseen) co_return unseen.error();
    report.compared += unseen->size();
    doubted.insert(doubted.end(), unseen->begin(), unseen->end());
    co_return Result<void>{};
}

/// The figure of the mirror is read after SIIGO's answer: what was sold meanwhile was told to both.
asio::awaitable<Result<void>> UpstreamCheck::confirm(UpstreamReport& report, std::vector<ProductId> doubted) {
    for (std::size_t at = 0; at < doubted.size(); at += ids_a_request) {
        const auto end = std::min(at + ids_a_request, doubted.size());
        const std::vector<ProductId> ids(doubted.begin() + static_cast<std::ptrdiff_t>(at),
                                         doubted.begin() + static_cast<std::ptrdiff_t>(end));
        const auto answer = co_await client_.get_products(ids, siigo::Purpose::sync, [] {});
        if (!answer) co_return answer.error();
        const auto held = co_await offload(
            workers_, [&store = store_, company = company_, ids] { return read_products(store, company, ids); });
        if (!held) co_return held.error();
        for (const auto& id : ids) {
            const auto said = std::ranges::find(answer->rows, id, &Observation::product);
            auto compared = compare_upstream(company_, id, find(*held, id),
                                             said == answer->rows.end() ? nullptr : &*said, clock_.wall());
            if (compared.open) ++report.open;
            if (!compared.difference) continue;
            if (report.differences.size() < UpstreamReport::differences_max)
                report.differences.push_back(*std::move(compared.difference));
            else
                ++report.more;
        }
    }
    co_return Result<void>{};
}

}  // namespace stockcast
