#include "sim/commands.hpp"
#include "sim/families.hpp"
#include "sim/product_json.hpp"

#include "stockcast/siigo/translate.hpp"

#include <algorithm>

// The commands that change products and tell, or do not tell, of it.
namespace stockcast::sim {
namespace {

std::optional<std::string> unknown_member(const Json& body, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : *body.if_object()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) return "unknown member \"" + name + '"';
    }
    return std::nullopt;
}

const std::string* text_of(const Json& body, std::string_view name) {
    const Json* member = body.find(name);
    return member ? member->if_string() : nullptr;
}

bool flag_of(const Json& body, std::string_view name, bool otherwise) {
    const Json* member = body.find(name);
    return member && member->if_bool() ? *member->if_bool() : otherwise;
}

/// The index of the warehouse named by its id or name; the product's first, or the shop's, when none is named.
std::optional<std::size_t> warehouse_of(const Json& body, const Item& item, std::span<const Warehouse> warehouses) {
    const Json* wanted = body.find("warehouse");
    if (!wanted) return item.figures.shelves.empty() ? 0 : item.figures.shelves.front().warehouse;
    for (std::size_t i = 0; i < warehouses.size(); ++i) {
        const bool by_id = wanted->if_number() && wanted->if_number()->text == std::to_string(warehouses[i].id);
        const bool by_name = wanted->if_string() && *wanted->if_string() == warehouses[i].name;
        if (by_id || by_name) return i;
    }
    return std::nullopt;
}

std::string_view reason(const error_code& error) {
    if (error == Errc::not_found) return "no such product or warehouse";
    if (error == Errc::malformed) return "SIIGO takes no such code";
    return "out of bounds, or the code or id is taken";
}

}  // namespace

boost::system::result<const Item*, Refusal> Commands::find(const Json& body) const {
    const Item* item = nullptr;
    if (const auto* id = text_of(body, "id")) {
        const auto parsed = ProductId::parse(*id);
        if (parsed) item = stage_.company.find(*parsed);
    } else if (const auto* code = text_of(body, "code")) {
        item = stage_.company.find_code(*code);
    } else {
        return Refusal{400, "id or code is required"};
    }
    if (!item) return Refusal{404, "no such product"};
    return item;
}

void Commands::tell_subscribers(Slot slot, std::string_view topic, const Json& body) {
    ++stage_.counts.changes;
    if (flag_of(body, "announce", true)) {
        stage_.announcer.announce(*stage_.company.find(slot), topic);
    } else {
        ++stage_.counts.unannounced_changes;
    }
}

std::string Commands::show(Slot slot) const {
    const Item& item = *stage_.company.find(slot);
    std::string text;
    JsonObjectWriter writer{text};
    writer.string("id", item.id.to_string()).string("code", item.code).string("name", item.name);
    writer.boolean("active", item.active).boolean("has_movements", item.has_movements);
    writer.raw("available_quantity", item.figures.available.to_string());
    if (item.figures.stock_updated) writer.string("stock_updated", item.figures.stock_updated->to_iso());
    writer.close();
    return text;
}

Commands::Outcome Commands::sell(const Json& body) {
    if (auto wrong = unknown_member(body, {"id", "code", "quantity", "stock", "warehouse", "announce", "stamp"}))
        return Refusal{400, *wrong};
    const auto found = find(body);
    if (!found) return found.error();
    const Item& item = **found;
    const Json* sold = body.find("quantity");
    const Json* stock = body.find("stock");
    if ((sold != nullptr) == (stock != nullptr)) return Refusal{400, "quantity (sold) or stock (left) is required"};
    const auto figure = Quantity::from_json(sold ? *sold : *stock);
    if (!figure) return Refusal{400, "that is no quantity"};
    const auto warehouse = warehouse_of(body, item, stage_.company.warehouses());
    if (!warehouse) return Refusal{400, "no such warehouse"};
    std::optional<Instant> stamp;
    if (const auto* text = text_of(body, "stamp")) {
        const auto parsed = Instant::parse(*text);
        if (!parsed) return Refusal{400, "stamp: not a time"};
        stamp = *parsed;
    }

    const auto by = sold ? Result<Quantity>{-*figure} : add(*figure, -item.figures.available);
    if (!by) return Refusal{400, std::string{reason(by.error())}};
    const auto moved = stage_.company.move(item.slot, *warehouse, *by, now(stage_.clock), stamp);
    if (!moved) return Refusal{400, std::string{reason(moved.error())}};
    tell_subscribers(item.slot, siigo::topic_stock, body);
    return show(item.slot);
}

Commands::Outcome Commands::product(const Json& body) {
    if (auto wrong = unknown_member(body, {"action", "id", "code", "name", "new_code", "stock", "announce", "force"})) {
        return Refusal{400, *wrong};
    }
    const auto* action = text_of(body, "action");
    if (!action) return Refusal{400, "action is required: create, rename, activate, deactivate, delete"};
    if (*action == "create") return create(body);
    const auto found = find(body);
    if (!found) return found.error();
    return change(**found, *action, body);
}

Commands::Outcome Commands::create(const Json& body) {
    const auto* code = text_of(body, "code");
    if (!code) return Refusal{400, "code is required"};
    const Family& like = families().front();
    Item item = stage_.catalogue.draw();
    item.code = *code;
    const auto* name = text_of(body, "name");
    item.name = name ? *name : *code;
    item.type = ItemType::product;
    item.measure = Measure::piece;
    item.stock_control = item.active = true;
    item.group = like.group;
    item.unit = like.unit;
    item.tax = like.tax;
    if (const auto* id = text_of(body, "id")) {
        const auto parsed = ProductId::parse(*id);
        if (!parsed) return Refusal{400, "id: not a GUID"};
        item.id = *parsed;
    }
    const Moment at = now(stage_.clock);
    if (const Json* stock = body.find("stock")) {
        const auto figure = Quantity::from_json(*stock);
        if (!figure) return Refusal{400, "stock: not a quantity"};
        item.figures.shelves.push_back({0, *figure});
        item.figures.stock_updated = at.wall;
        item.has_movements = true;
    }
    const auto added = stage_.company.add(std::move(item), at);
    if (!added) return Refusal{400, std::string{reason(added.error())}};
    tell_subscribers(*added, siigo::topic_create, body);
    return show(*added);
}

Commands::Outcome Commands::change(const Item& item, const std::string& action, const Json& body) {
    const Slot slot = item.slot;
    const Moment at = now(stage_.clock);
    if (action == "delete") {
        if (item.has_movements && !flag_of(body, "force", false))
            return Refusal{409, "it has movements: \"force\": true deletes it"};
        std::string last = show(slot);
        if (const auto removed = stage_.company.remove(slot); !removed)
            return Refusal{400, std::string{reason(removed.error())}};
        ++stage_.counts.changes;
        ++stage_.counts.unannounced_changes;  // no topic announces a deletion
        return last;
    }
    Result<void> done;
    if (action == "activate" || action == "deactivate") {
        done = stage_.company.set_active(slot, action == "activate", at);
    } else if (action == "rename") {
        const auto* name = text_of(body, "name");
        const auto* code = text_of(body, "new_code");
        if (!name && !code) return Refusal{400, "name or new_code is required"};
        if (code) done = stage_.company.recode(slot, *code, at);
        if (done && name) done = stage_.company.rename(slot, *name, at);
    } else {
        return Refusal{400, "unknown action \"" + action + '"'};
    }
    if (!done) return Refusal{400, std::string{reason(done.error())}};
    tell_subscribers(slot, siigo::topic_update, body);
    return show(slot);
}

Commands::Outcome Commands::notify(Json body) {
    // What steers the command comes out of the body; all that is left replaces members of the notification.
    constexpr std::size_t times_max = 1000;
    std::size_t times = 1;
    if (const auto member = body.take("times")) {
        const auto* number = member->if_number();
        times = number ? std::strtoul(number->text.c_str(), nullptr, 10) : 0;
        if (times < 1 || times > times_max) return Refusal{400, "times: 1 to 1000"};
    }
    const auto url = body.take("url");
    if (url && !url->if_string()) return Refusal{400, "url: not a string"};
    const auto without = body.take("without");
    if (without && !without->if_array()) return Refusal{400, "without: a list of names"};
    const auto bytes = body.take("body");
    if (bytes && !bytes->if_string()) return Refusal{400, "body: not a string"};
    const std::string topic = text_of(body, "topic") ? *text_of(body, "topic") : std::string{siigo::topic_stock};

    std::string text;
    if (bytes) {
        text = *bytes->if_string();
    } else {
        Json notification{Json::Object{}};
        const auto known = find(body);
        if (known) {
            notification = *parse_json(stage_.announcer.notification(**known, topic));
        } else if (!body.find("id")) {
            return known.error();  // an unknown id is a forgery to send; nothing at all is a mistake
        }
        for (const auto& [name, value] : *body.if_object()) notification.set(name, value);
        if (without) {
            for (const auto& name : *without->if_array()) {
                if (name.if_string()) (void)notification.take(*name.if_string());
            }
        }
        text = wrapped(to_text(notification), stage_.variants);
    }
    const bool listed = std::find(topics().begin(), topics().end(), topic) != topics().end();
    for (std::size_t i = 0; i < times; ++i) {
        stage_.announcer.send(listed ? topic : std::string{siigo::topic_stock}, url ? *url->if_string() : "", text);
    }
    std::string sent;
    JsonObjectWriter writer{sent};
    writer.string("body", text);
    writer.close();
    return sent;
}

}  // namespace stockcast::sim
