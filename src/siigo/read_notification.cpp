#include "siigo/product_members.hpp"

#include "stockcast/siigo/translate.hpp"

#include <utility>

namespace stockcast::siigo {
namespace {

std::string text_of(const Json* value) {
    if (value == nullptr) return {};
    if (const auto* text = value->if_string()) return *text;
    if (const auto* number = value->if_number()) return number->text;
    return {};
}

/// `data` is the product when it names one: no product has a member of that name, and an `id` beside it is a message's.
Json* product_in(Json& body) {
    Json* data = body.find("data");
    const bool names_one = data != nullptr && (data->find("id") != nullptr || data->find("code") != nullptr);
    return names_one ? data : &body;
}

/// From the root, else from where the product is.
std::string message_member(const Json& body, const Json& product, std::string_view name) {
    auto text = text_of(body.find(name));
    return text.empty() ? text_of(product.find(name)) : text;
}

void judge_topic(std::string_view topic, std::vector<Complaint>& complaints) {
    if (topic.empty()) {
        complaints.push_back({"topic", "is missing"});
    } else if (topic != topic_create && topic != topic_update && topic != topic_stock) {
        complaints.push_back({"topic", "is none of SIIGO's topics for products"});
    }
}

}  // namespace

NotificationOrComplaints read_notification(Json&& body) {
    NotificationOrComplaints result;
    if (body.if_object() == nullptr) {
        result.complaints.push_back({"", "the body is no JSON object"});
        return result;
    }
    Json* product = product_in(body);
    result.topic = message_member(body, *product, "topic");
    result.company_key = message_member(body, *product, "company_key");
    auto username = message_member(body, *product, "username");
    judge_topic(result.topic, result.complaints);

    auto members = split_product(std::move(*product->if_object()), Shape::notification);
    result.code = members.code;
    if (members.has_id) result.product = members.said.product;
    const bool id_said = members.has_id || (!members.complaints.empty() && members.complaints.front().member == "id");
    if (!id_said && members.code.empty()) members.complaints.push_back({"id", "is missing, and so is code"});
    for (auto& complaint : members.complaints) result.complaints.push_back(std::move(complaint));
    if (!result.complaints.empty()) return result;

    result.notification = Notification{.topic = result.topic,
                                       .company_key = result.company_key,
                                       .username = std::move(username),
                                       .product = result.product,
                                       .code = result.code,
                                       .said = std::move(members.said)};
    return result;
}

NotificationOrComplaints read_notification(const Json& body) {
    return read_notification(Json{body});
}

}  // namespace stockcast::siigo
