#include "sim/subscriptions.hpp"

#include "sim/webhook_url.hpp"

#include "stockcast/model/ids.hpp"
#include "stockcast/siigo/translate.hpp"

#include <algorithm>
#include <array>

namespace stockcast::sim {
namespace {

constexpr std::array known_topics{siigo::topic_create, siigo::topic_update, siigo::topic_stock};
constexpr std::size_t subscriptions_max = 100;

/// The string member of that name. Errors: `invalid_type`. Absent and null leave `to` as it is.
OrError<void> read_text(const Json& body, const char* name, std::string& to) {
    const Json* member = body.find(name);
    if (!member || member->is_null()) return {};
    const std::string* text = member->if_string();
    if (!text) return wrong_type(name);
    to = *text;
    return {};
}

OrError<void> read_members(const Json& body, Subscription& to) {
    const std::pair<const char*, std::string*> members[] = {
        {"application_id", &to.application_id}, {"topic", &to.topic}, {"url", &to.url}};
    for (const auto& [name, member] : members) {
        if (auto read = read_text(body, name, *member); !read) return read.error();
    }
    if (const Json* active = body.find("active"); active && !active->is_null()) {
        if (!active->if_bool()) return wrong_type("active");
        to.active = *active->if_bool();
    }
    return {};
}

}  // namespace

std::span<const std::string_view> topics() {
    return known_topics;
}

Subscriptions::Subscriptions(std::string company_key, const Variants& variants, Clock& clock, Random& random)
    : company_key_(std::move(company_key)), variants_(variants), clock_(clock), random_(random) {}

OrError<Subscription> Subscriptions::create(const Json& body) {
    Subscription wanted;
    if (auto read = read_members(body, wanted); !read) return read.error();
    wanted.active = true;  // what a creation says of it does not count
    if (auto fine = check(wanted); !fine) return fine.error();
    const bool second = std::any_of(all_.begin(), all_.end(), [&](const auto& s) { return s.topic == wanted.topic; });
    if ((second && variants_.second_subscription_refused) || all_.size() >= subscriptions_max) {
        return ApiError{400, "already_exists", "A subscription of this topic already exists", {"topic"}};
    }
    wanted.id = make_id();
    wanted.company_key = company_key_;
    wanted.created_at = clock_.wall().to_iso();
    all_.push_back(wanted);
    return wanted;
}

OrError<void> Subscriptions::create_all(const std::string& application_id, const std::string& url) {
    for (const auto topic : known_topics) {
        Json wanted{Json::Object{}};
        wanted.set("application_id", Json{application_id});
        wanted.set("topic", Json{std::string{topic}});
        wanted.set("url", Json{url});
        if (const auto created = create(wanted); !created) return created.error();
    }
    return {};
}

OrError<Subscription> Subscriptions::edit(std::string_view id, const Json& body) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& s) { return s.id == id; });
    if (found == all_.end()) return no_such("webhook");
    Subscription wanted = *found;
    if (auto read = read_members(body, wanted); !read) return read.error();
    if (auto fine = check(wanted); !fine) return fine.error();
    *found = wanted;
    return wanted;
}

OrError<void> Subscriptions::remove(std::string_view id) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& s) { return s.id == id; });
    if (found == all_.end()) return no_such("webhook");
    all_.erase(found);
    return {};
}

OrError<void> Subscriptions::check(const Subscription& wanted) const {
    if (wanted.application_id.empty()) return missing("application_id");
    if (wanted.topic.empty()) return missing("topic");
    if (wanted.url.empty()) return missing("url");
    if (std::find(known_topics.begin(), known_topics.end(), wanted.topic) == known_topics.end()) {
        return ApiError{400, "invalid_reference", "The topic doesn't exist: " + wanted.topic, {"topic"}};
    }
    if (!is_subscribable(wanted.url, variants_.loopback_urls)) {
        return ApiError{400, "invalid_url", "The url is invalid", {"url"}};
    }
    return {};
}

std::string Subscriptions::make_id() {
    std::array<std::uint8_t, 16> bytes{};
    random_.fill(std::as_writable_bytes(std::span{bytes}));
    return ProductId::from_bytes(bytes).to_string();
}

void write_subscription(std::string& out, const Subscription& s) {
    JsonObjectWriter writer{out};
    writer.string("id", s.id).string("application_id", s.application_id).string("url", s.url).string("topic", s.topic);
    writer.string("company_key", s.company_key).boolean("active", s.active).string("created_at", s.created_at);
    writer.close();
}

}  // namespace stockcast::sim
