#include "siigo/text.hpp"

#include "stockcast/siigo/translate.hpp"

namespace stockcast::siigo {
namespace {

std::string text_member(const Json& object, std::string_view name) {
    const Json* value = object.find(name);
    if (value == nullptr) return {};
    if (const auto* text = value->if_string()) return *text;
    if (const auto* number = value->if_number()) return number->text;
    return {};
}

bool is_active(const Json& object) {
    const Json* active = object.find("active");
    if (active == nullptr)
        return true;  // SIIGO makes them active; a listing that leaves it out would else be "corrected" for ever
    if (const auto* flag = active->if_bool()) return *flag;
    const auto* text = active->if_string();
    return text != nullptr && equals_ignoring_case(*text, "true");
}

}  // namespace

Result<Subscription> read_subscription(const Json& body) {
    if (body.if_object() == nullptr) return Errc::malformed;
    Subscription subscription{.id = text_member(body, "id"),
                              .application_id = text_member(body, "application_id"),
                              .topic = text_member(body, "topic"),
                              .url = text_member(body, "url"),
                              .company_key = text_member(body, "company_key"),
                              .active = is_active(body),
                              .created_at = text_member(body, "created_at")};
    if (subscription.id.empty()) return Errc::malformed;
    return subscription;
}

Result<std::vector<Subscription>> read_subscriptions(const Json& body) {
    const Json* results = body.if_array() != nullptr ? &body : body.find("results");
    if (results == nullptr || results->if_array() == nullptr) return Errc::malformed;
    std::vector<Subscription> subscriptions;
    subscriptions.reserve(results->if_array()->size());
    for (const Json& row : *results->if_array()) {
        auto subscription = read_subscription(row);
        // One left out would be made a second time: a listing is taken whole or not at all.
        if (!subscription) return subscription.error();
        subscriptions.push_back(std::move(*subscription));
    }
    return subscriptions;
}

}  // namespace stockcast::siigo
