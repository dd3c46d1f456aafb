#include "http/notification_lines.hpp"

#include <optional>

namespace stockcast {
namespace {

std::string figure(const std::optional<Quantity>& quantity) {
    return quantity ? quantity->to_string() : "?";
}

}  // namespace

bool NotificationLines::has_room() {
    return budget_.take([this](std::uint64_t count) {
        log_.info(Mark::webhook, {"{count} more notifications", "{count} notificaciones más"}, {{"count", count}});
    });
}

void NotificationLines::tell(const Outcome& outcome, std::string_view code, std::string_view name) {
    const bool applied = outcome.changed;
    if (!log_.wants(applied ? LogLevel::info : LogLevel::debug) || !has_room()) return;
    if (!applied) {
        log_.debug(Mark::webhook, {"{code} {name}: {result}", "{code} {name}: {result}"},
                   {{"code", code}, {"name", name}, {"result", to_string(outcome.result)}});
    } else if (outcome.old_stock == outcome.new_stock) {
        log_.info(Mark::webhook, {"{code} {name}: details changed", "{code} {name}: cambiaron sus datos"},
                  {{"code", code}, {"name", name}});
    } else {
        log_.info(
            Mark::webhook, {"{code} {name}: {old} → {new}", "{code} {name}: {old} → {new}"},
            {{"code", code}, {"name", name}, {"old", figure(outcome.old_stock)}, {"new", figure(outcome.new_stock)}});
    }
}

void NotificationLines::refused(unsigned status, std::string_view topic, std::string_view why,
                                std::string_view request_id) {
    if (!has_room()) return;
    log_.warning(Mark::webhook,
                 {"Notification refused with {status} ({topic}): {why} [{request}]",
                  "Notificación rechazada con {status} ({topic}): {why} [{request}]"},
                 {{"status", status}, {"topic", topic.empty() ? "-" : topic}, {"why", why}, {"request", request_id}});
}

}  // namespace stockcast
