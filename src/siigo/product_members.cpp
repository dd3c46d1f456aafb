#include "siigo/product_members.hpp"

#include "siigo/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace stockcast::siigo {
namespace {

constexpr std::array<std::string_view, 4> additional_names{"barcode", "brand", "tariff", "model"};
constexpr std::array<std::string_view, 4> known_types{"Product", "Service", "ConsumerGood", "Combo"};

bool is_one_of(std::string_view name, const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// A number that came as a string becomes the number; anything else stays as it is.
void normalise_number(Json* value) {
    if (value == nullptr || value->if_string() == nullptr) return;
    if (auto number = Quantity::from_json(*value)) *value = Json{JsonNumber{number->to_string()}};
}

void normalise_each(Json* list, std::string_view member) {
    if (list == nullptr || list->if_array() == nullptr) return;
    for (Json& entry : *list->if_array()) normalise_number(entry.find(member));
}

/// `code` and `name` are text: a code of digits alone may come as a number.
void normalise_text(Json& value) {
    if (const auto* number = value.if_number()) value = Json{std::string{number->text}};
}

void normalise_bool(Json& value) {
    const auto* text = value.if_string();
    if (text == nullptr) return;
    if (equals_ignoring_case(*text, "true")) {
        value = Json{true};
    } else if (equals_ignoring_case(*text, "false")) {
        value = Json{false};
    }
}

/// `type` is compared without case (siigo-api.md), so the known ones are kept in one spelling.
void normalise_type(Json& value) {
    const auto* text = value.if_string();
    if (text == nullptr) return;
    for (auto known : known_types) {
        if (equals_ignoring_case(*text, known)) {
            value = Json{std::string{known}};
            return;
        }
    }
}

void normalise_property(std::string_view name, Json& value) {
    if (name == "type") {
        normalise_type(value);
    } else if (name == "code" || name == "name") {
        normalise_text(value);
    } else if (name == "active" || name == "stock_control") {
        normalise_bool(value);
    } else if (name == "prices") {
        if (auto* prices = value.if_array()) {
            for (Json& price : *prices) normalise_each(price.find("price_list"), "value");
        }
    } else if (name == "taxes") {
        normalise_each(&value, "percentage");
    } else if (name == "tax_consumption_value") {
        normalise_number(&value);
    }
}

void set_stamp(std::optional<Instant>& stamp, const Json* value) {
    if (value == nullptr || value->if_string() == nullptr) return;
    // A stamp that can't be read says nothing; the observation is then simply one without a stamp, which decide()
    // knows.
    if (auto parsed = Instant::parse(*value->if_string())) stamp = *parsed;
}

class Splitter {
public:
    Splitter(Shape shape, std::size_t members) : shape_(shape) { properties_.reserve(members + 1); }

    void take(Json::Member& member) {
        auto& [name, value] = member;
        if (value.is_null()) return;
        if (name == "id") {
            take_id(std::move(value));
        } else if (name == "available_quantity") {
            available_ = std::move(value);
        } else if (name == "new_stock" && shape_ == Shape::notification) {
            new_stock_ = std::move(value);
        } else if (name == "stock" && shape_ == Shape::notification) {
            stock_ = std::move(value);
        } else if (name == "warehouses") {
            take_warehouses(value);
        } else if (name == "metadata") {
            metadata_ = std::move(value);
        } else if (name == "created") {
            set_stamp(out_.said.created, &value);
        } else if (name == "last_updated") {
            set_stamp(out_.said.last_updated, &value);
        } else if (name == "stock_updated") {
            set_stamp(out_.said.stock_updated, &value);
        } else if (name == "additional_fields") {
            nested_ = std::move(value);
        } else if (is_one_of(name, additional_names)) {
            additional_.emplace_back(std::move(member));
        } else if (name == "company_key" || name == "username" || name == "topic" || name == "_links") {
            // Of the message or the page, not of the product.
        } else {
            normalise_property(name, value);
            if (name == "code" && value.if_string() != nullptr) out_.code = *value.if_string();
            properties_.emplace_back(std::move(member));
        }
    }

    ProductMembers finish() {
        take_figure();
        take_metadata();
        take_additional();
        out_.said.properties = Json{std::move(properties_)};
        return std::move(out_);
    }

private:
    void complain(std::string member, std::string reason, Errc error) {
        if (out_.complaints.empty()) out_.first_error = error;
        out_.complaints.push_back({std::move(member), std::move(reason)});
    }

    void take_id(Json value) {
        const auto* text = value.if_string();
        auto id = text != nullptr ? ProductId::parse(*text) : Result<ProductId>{Errc::malformed};
        if (!id) return complain("id", "is no GUID", Errc::malformed);
        out_.said.product = *id;
        out_.has_id = true;
        properties_.emplace_back("id", Json{id->to_string()});
    }

    std::optional<Quantity> figure(std::string member, const Json& value) {
        auto read = Quantity::from_json(value);
        if (read) return *read;
        if (read.error() == make_error_code(Errc::out_of_bounds)) {
            complain(std::move(member), "is a number past the bounds of a quantity", Errc::out_of_bounds);
        } else {
            complain(std::move(member), "is no number", Errc::malformed);
        }
        return std::nullopt;
    }

    void take_figure() {
        if (available_) {
            out_.said.available = figure("available_quantity", *available_);
        } else if (new_stock_) {
            out_.said.available = figure("new_stock", *new_stock_);
        } else if (stock_) {
            out_.said.available = figure("stock", *stock_);
        }
    }

    void take_warehouses(Json& value) {
        auto* list = value.if_array();
        if (list == nullptr) return complain("warehouses", "is no array", Errc::malformed);
        std::vector<WarehouseStock> warehouses;
        warehouses.reserve(list->size());
        bool complete = true;
        for (std::size_t i = 0; i < list->size(); ++i) {
            Json& entry = (*list)[i];
            if (entry.if_object() == nullptr) {
                complain("warehouses[" + std::to_string(i) + "]", "is no object", Errc::malformed);
                return;
            }
            const Json* quantity = entry.find("quantity");
            if (quantity == nullptr || quantity->is_null()) {
                complete = false;
                continue;
            }
            auto read = figure("warehouses[" + std::to_string(i) + "].quantity", *quantity);
            if (!read) continue;
            auto name = entry.take("name");
            if (name) normalise_text(*name);
            warehouses.push_back({.id = warehouse_id(entry.find("id")),
                                  .name = name && name->if_string() ? *name->if_string() : std::string{},
                                  .quantity = *read});
        }
        // One figure unknown: to leave that warehouse out would say that it holds nothing, so the whole list is not
        // said.
        if (complete) out_.said.warehouses = std::move(warehouses);
    }

    static std::string warehouse_id(const Json* id) {
        if (id == nullptr || id->if_array() != nullptr || id->if_object() != nullptr) return "null";
        if (id->if_number() != nullptr) {
            if (auto number = Quantity::from_json(*id)) return number->to_string();  // 1270.0 is 1270
        }
        return to_text(*id);
    }

    void take_metadata() {
        if (!metadata_) return;
        // Both places may hold a stamp; where they differ the nested one counts (siigo-api.md, «Webhooks»).
        set_stamp(out_.said.created, metadata_->find("created"));
        set_stamp(out_.said.last_updated, metadata_->find("last_updated"));
        set_stamp(out_.said.stock_updated, metadata_->find("stock_updated"));
    }

    void take_additional() {
        Json::Object fields;
        if (nested_ && nested_->if_object() != nullptr) fields = std::move(*nested_->if_object());
        std::erase_if(fields, [](const Json::Member& member) { return member.second.is_null(); });
        for (Json::Member& at_root : additional_) {
            const auto same = [&](const Json::Member& member) { return member.first == at_root.first; };
            if (std::none_of(fields.begin(), fields.end(), same)) fields.push_back(std::move(at_root));
        }
        if (!fields.empty()) properties_.emplace_back("additional_fields", Json{std::move(fields)});
    }

    Shape shape_;
    ProductMembers out_;
    Json::Object properties_;
    Json::Object additional_;  ///< those at the root
    std::optional<Json> nested_, metadata_, available_, new_stock_, stock_;
};

}  // namespace

ProductMembers split_product(Json::Object&& members, Shape shape) {
    Splitter splitter{shape, members.size()};
    for (Json::Member& member : members) splitter.take(member);
    return splitter.finish();
}

}  // namespace stockcast::siigo
