#include "sim/api.hpp"
#include "sim/paging.hpp"
#include "sim/product_filter.hpp"
#include "sim/product_json.hpp"

#include "stockcast/base/json.hpp"

// What the endpoints do once a request has been let in.
namespace stockcast::sim {
namespace {

std::string base_of(const HttpRequest& request, std::string_view path) {
    return (request.secure ? "https://" : "http://") + std::string{request.fields.get("Host")} + std::string{path};
}

HttpResponse deleted(std::string_view id) {
    std::string body;
    JsonObjectWriter writer{body};
    writer.string("id", id).boolean("deleted", true);
    writer.close();
    return json_answer(200, std::move(body));
}

HttpResponse subscription_answer(unsigned status, const Subscription& subscription) {
    std::string body;
    write_subscription(body, subscription);
    return json_answer(status, std::move(body));
}

}  // namespace

HttpResponse Api::list_products(const HttpRequest& request, const Target& target) const {
    const auto paging = Paging::read(target, variants_);
    if (!paging) return refuse(paging.error());
    const auto filter = ProductFilter::read(target, variants_);
    if (!filter) return refuse(filter.error());

    const auto selection = select(company_, *filter, paging->offset(), paging->page_size, variants_);
    const Steady shown_as_of = clock_.now() - faults_.figures_lag;
    std::string rows;
    for (const Slot slot : selection.slots) {
        if (!rows.empty()) rows += ',';
        const Item& item = *company_.find(slot);
        write_product(rows, item, item.figures_at(shown_as_of), company_, variants_);
    }
    return json_answer(200, paged(*paging, selection.total, rows, base_of(request, "/v1/products"), target, variants_));
}

HttpResponse Api::show_product(std::string_view id) const {
    const auto parsed = ProductId::parse(id);
    if (!parsed) return refuse(wrong_type("id"));
    const Item* item = company_.find(*parsed);
    if (!item) return refuse(no_such("product"));
    std::string body;
    write_product(body, *item, item->figures_at(clock_.now() - faults_.figures_lag), company_, variants_);
    return json_answer(200, std::move(body));
}

HttpResponse Api::delete_product(std::string_view id) {
    const auto parsed = ProductId::parse(id);
    if (!parsed) return refuse(wrong_type("id"));
    const Item* item = company_.find(*parsed);
    if (!item) return refuse(no_such("product"));
    if (item->has_movements) {
        return refuse({400, "delete_not_allowed", "The product has movements and can't be deleted", {"id"}});
    }
    if (!company_.remove(item->slot)) return refuse(no_such("product"));
    ++counts_.changes;
    ++counts_.unannounced_changes;
    return deleted(parsed->to_string());
}

HttpResponse Api::list_warehouses() const {
    std::string body = "[";
    for (const auto& warehouse : company_.warehouses()) {
        if (!warehouse.listed) continue;
        if (body.size() > 1) body += ',';
        JsonObjectWriter entry{body};
        entry.number("id", warehouse.id).string("name", warehouse.name).boolean("active", warehouse.active);
        entry.boolean("has_movements", warehouse.has_movements);
        entry.close();
    }
    body += ']';
    return json_answer(200, std::move(body));
}

HttpResponse Api::list_subscriptions(const HttpRequest& request, const Target& target) const {
    const auto paging = Paging::read(target, variants_);
    if (!paging) return refuse(paging.error());
    const auto all = subscriptions_.all();
    const auto first = variants_.bare_array_subscriptions ? 0 : std::min(paging->offset(), all.size());
    const auto count =
        variants_.bare_array_subscriptions ? all.size() : std::min(paging->page_size, all.size() - first);
    std::string rows;
    for (const auto& subscription : all.subspan(first, count)) {
        if (!rows.empty()) rows += ',';
        write_subscription(rows, subscription);
    }
    if (variants_.bare_array_subscriptions) return json_answer(200, '[' + rows + ']');
    return json_answer(200, paged(*paging, all.size(), rows, base_of(request, "/v1/webhooks"), target, variants_));
}

HttpResponse Api::create_subscription(const HttpRequest& request) {
    const auto body = read_body(request);
    if (!body) return refuse(body.error());
    const auto created = subscriptions_.create(*body);
    return created ? subscription_answer(201, *created) : refuse(created.error());
}

HttpResponse Api::edit_subscription(const HttpRequest& request, const std::string* path_id) {
    const auto body = read_body(request);
    if (!body) return refuse(body.error());
    const Json* body_id = body->find("id");
    const std::string* id = path_id ? path_id : body_id && variants_.put_takes_body_id ? body_id->if_string() : nullptr;
    if (!id) {
        // Just as documented, without an id anywhere: answered as if it had worked, and nothing changes.
        return json_answer(201, to_text(*body));
    }
    if (!ProductId::parse(*id)) return refuse(wrong_type("id"));
    const auto edited = subscriptions_.edit(*id, *body);
    return edited ? subscription_answer(201, *edited) : refuse(edited.error());
}

HttpResponse Api::delete_subscription(const std::string& id) {
    if (!ProductId::parse(id)) return refuse(wrong_type("id"));
    const auto removed = subscriptions_.remove(id);
    return removed ? deleted(id) : refuse(removed.error());
}

}  // namespace stockcast::sim
