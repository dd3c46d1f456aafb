#include "stockcast/sim/options.hpp"

#include "stockcast/base/json.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <variant>

namespace stockcast::sim {
namespace {

using std::chrono::milliseconds;

template <class T>
struct Option {
    std::string_view name;
    std::variant<bool T::*, unsigned T::*, milliseconds T::*> member;
};

#define STOCKCAST_OPTION(type, name) \
    Option<type> {                   \
        #name, &type::name           \
    }

constexpr std::array variant_options{
    STOCKCAST_OPTION(Variants, auth_status),
    STOCKCAST_OPTION(Variants, auth_needs_partner_id),
    STOCKCAST_OPTION(Variants, retry_after),
    STOCKCAST_OPTION(Variants, wait_in_body),
    STOCKCAST_OPTION(Variants, fixed_window),
    STOCKCAST_OPTION(Variants, lower_case_errors),
    STOCKCAST_OPTION(Variants, numbers_as_strings),
    STOCKCAST_OPTION(Variants, omit_stock_updated),
    STOCKCAST_OPTION(Variants, omit_links),
    STOCKCAST_OPTION(Variants, omit_null_members),
    STOCKCAST_OPTION(Variants, bare_array_subscriptions),
    STOCKCAST_OPTION(Variants, second_subscription_refused),
    STOCKCAST_OPTION(Variants, put_takes_body_id),
    STOCKCAST_OPTION(Variants, notification_nested),
    STOCKCAST_OPTION(Variants, notification_in_data),
    STOCKCAST_OPTION(Variants, notification_new_stock),
    STOCKCAST_OPTION(Variants, notification_without_quantity),
    STOCKCAST_OPTION(Variants, updated_filter_ignores_stock),
    STOCKCAST_OPTION(Variants, page_size_clamped),
    STOCKCAST_OPTION(Variants, updated_filter_includes_created),
    STOCKCAST_OPTION(Variants, dates_in_bogota),
    STOCKCAST_OPTION(Variants, put_takes_path_id),
    STOCKCAST_OPTION(Variants, loopback_urls),
    STOCKCAST_OPTION(Variants, notification_both_places),
    STOCKCAST_OPTION(Variants, notification_stock),
    STOCKCAST_OPTION(Variants, numbers_with_point),
    STOCKCAST_OPTION(Variants, stamps_without_zone),
    STOCKCAST_OPTION(Variants, stamps_with_offset),
    STOCKCAST_OPTION(Variants, unknown_members),
    STOCKCAST_OPTION(Variants, unassigned_id_null),
    STOCKCAST_OPTION(Variants, combo_without_quantity),
    STOCKCAST_OPTION(Variants, block_refuses_auth),
    STOCKCAST_OPTION(Variants, blocks_failing_users),
    STOCKCAST_OPTION(Variants, notification_retries),
};

constexpr std::array fault_options{
    STOCKCAST_OPTION(Faults, internal_error),
    STOCKCAST_OPTION(Faults, unavailable),
    STOCKCAST_OPTION(Faults, html_gateway),
    STOCKCAST_OPTION(Faults, gateway_json),
    STOCKCAST_OPTION(Faults, empty_body),
    STOCKCAST_OPTION(Faults, cut_body),
    STOCKCAST_OPTION(Faults, slow),
    STOCKCAST_OPTION(Faults, slow_by),
    STOCKCAST_OPTION(Faults, unauthorized),
    STOCKCAST_OPTION(Faults, throttled),
    STOCKCAST_OPTION(Faults, outage),
    STOCKCAST_OPTION(Faults, blocked),
    STOCKCAST_OPTION(Faults, drop_notifications),
    STOCKCAST_OPTION(Faults, duplicate_notifications),
    STOCKCAST_OPTION(Faults, delay_notifications),
    STOCKCAST_OPTION(Faults, delay_by),
    STOCKCAST_OPTION(Faults, figures_lag),
};

#undef STOCKCAST_OPTION

constexpr std::uint32_t duration_ms_max = 24u * 60 * 60 * 1000;

std::optional<std::uint32_t> whole_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::string> put(bool& member, std::string_view value) {
    if (value != "true" && value != "false") return "takes true or false";
    member = value == "true";
    return std::nullopt;
}

std::optional<std::string> put(unsigned& member, std::string_view value) {
    const auto number = whole_number(value);
    if (!number) return "takes a whole number";
    member = *number;
    return std::nullopt;
}

std::optional<std::string> put(milliseconds& member, std::string_view value) {
    const auto number = whole_number(value);
    if (!number || *number > duration_ms_max) return "takes milliseconds, a day at most";
    member = milliseconds{*number};
    return std::nullopt;
}

template <class T, std::size_t n>
std::optional<std::string> assign_to(const std::array<Option<T>, n>& options, T& to, std::string_view name,
                                     std::string_view value) {
    for (const auto& option : options) {
        if (option.name != name) continue;
        auto wrong = std::visit([&](auto member) { return put(to.*member, value); }, option.member);
        if (wrong) return std::string{name} + ' ' + *wrong + ", not \"" + std::string{value} + '"';
        return std::nullopt;
    }
    return "unknown name \"" + std::string{name} + '"';
}

void write_member(JsonObjectWriter& out, std::string_view name, bool value) {
    out.boolean(name, value);
}
void write_member(JsonObjectWriter& out, std::string_view name, unsigned value) {
    out.number(name, value);
}
void write_member(JsonObjectWriter& out, std::string_view name, milliseconds value) {
    out.number(name, value.count());
}

template <class T, std::size_t n>
std::string all_of(const std::array<Option<T>, n>& options, const T& from) {
    std::string text;
    JsonObjectWriter writer{text};
    for (const auto& option : options) {
        std::visit([&](auto member) { write_member(writer, option.name, from.*member); }, option.member);
    }
    writer.close();
    return text;
}

template <class T, std::size_t n>
std::vector<std::string_view> names_of(const std::array<Option<T>, n>& options) {
    std::vector<std::string_view> names;
    names.reserve(n);
    for (const auto& option : options) names.push_back(option.name);
    return names;
}

}  // namespace

std::optional<std::string> assign(Variants& to, std::string_view name, std::string_view value) {
    auto wrong = assign_to(variant_options, to, name, value);
    if (wrong || name != "auth_status") return wrong;
    if (to.auth_status == 200 || to.auth_status == 201) return std::nullopt;
    to.auth_status = Variants{}.auth_status;
    return "auth_status takes 200 or 201";
}

std::optional<std::string> assign(Faults& to, std::string_view name, std::string_view value) {
    return assign_to(fault_options, to, name, value);
}

std::string to_json(const Variants& variants) {
    return all_of(variant_options, variants);
}
std::string to_json(const Faults& faults) {
    return all_of(fault_options, faults);
}

std::vector<std::string_view> variant_names() {
    return names_of(variant_options);
}
std::vector<std::string_view> fault_names() {
    return names_of(fault_options);
}

}  // namespace stockcast::sim
