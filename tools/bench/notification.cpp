#include "bench/notification.hpp"

#include "stockcast/base/clock.hpp"
#include "stockcast/base/instant.hpp"

#include <cstdio>
#include <utility>

namespace stockcast::bench {
namespace {

constexpr std::string_view figure_slot = "1000000";
constexpr std::string_view stamp_slot = "2025-01-20T10:30:00.1234567Z";

/// As in siigo-api.md: the product's members at the root beside those of the notification.
std::string body_of(const Notifications::Settings& settings, unsigned product) {
    const bool is_full = settings.shape == Notifications::Settings::Shape::full;
    char id[40], code[16];
    std::snprintf(id, sizeof id, "%08x-%s-4%03x-8%03x-%012x", static_cast<unsigned>(settings.seed & 0xFFFFFFFFU),
                  is_full ? "bebe" : "babe", product & 0xFFFU, (product >> 12U) & 0xFFFU, product);
    std::snprintf(code, sizeof code, "BENCH-%05u", product);
    const auto* name = is_full ? "Camiseta de algodón orgánico, cuello redondo, talla M, azul" : "Camiseta azul";
    const auto warehouses = R"(,"warehouses":[{"id":1270,"name":"Bodega principal","quantity":)" +
                            std::string{figure_slot} + R"(},{"id":1271,"name":"Bodega norte","quantity":0},)" +
                            R"({"id":1272,"name":"Almacén centro","quantity":0}])";
    return std::string{R"({"company_key":")"} + settings.company_key + R"(","username":"api@bench.example",)" +
           R"("topic":"public.siigoapi.products.stock.update","id":")" + id + R"(","code":")" + code + R"(","name":")" +
           name + R"(",)" +
           R"("account_group":{"id":1253,"name":"Productos"},"type":"Product","stock_control":true,"active":true,)" +
           R"("tax_classification":"Taxed","tax_included":false,"tax_consumption_value":0,)" +
           R"("taxes":[{"id":13156,"name":"IVA 19%","type":"IVA","percentage":19.00}],)" +
           R"("prices":[{"currency_code":"COP","price_list":[{"position":1,"name":"Precio de venta 1","value":12000},)" +
           R"({"position":2,"name":"Precio de venta 2","value":11500.50},{"position":3,"name":"Mayorista","value":9900}]}],)" +
           R"("unit":{"code":"94","name":"unidad"},"unit_label":"unidad","reference":"REF-2025-0117",)" +
           R"("description":"Camiseta de algodón orgánico peinado de 180 g, cuello redondo reforzado, costuras dobles, )" +
           R"(preencogida. Hecha en Medellín. Lavar a máquina en frío, no usar blanqueador, secar a la sombra.",)" +
           R"("barcode":"7701234567897","brand":"Gef","tariff":"6109100000","model":"Loiry","available_quantity":)" +
           std::string{figure_slot} + (is_full ? warehouses : "") + R"(,"created":"2020-06-15T03:33:17.208Z",)" +
           R"("last_updated":"2025-01-20T10:29:59.000Z","stock_updated":")" + std::string{stamp_slot} + R"("})";
}

}  // namespace

Notifications::Notifications(const Settings& settings) : began_ms_(SystemClock{}.wall().unix_ms()) {
    for (unsigned product = 0; product < settings.products; ++product) {
        const auto body = body_of(settings, product);
        body_bytes_ = body.size();
        Template made;
        made.text = "POST " + settings.target + " HTTP/1.1\r\nHost: " + settings.host_field +
                    "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
        const auto head = made.text.size();
        made.text += body;
        for (auto at = made.text.find(figure_slot, head); at != std::string::npos;
             at = made.text.find(figure_slot, at + 1))
            made.figures_at.push_back(at);
        made.stamp_at = made.text.find(stamp_slot, head);
        templates_.push_back(std::move(made));
    }
}

std::string_view Notifications::request(std::uint64_t n) {
    auto& made = templates_[n % templates_.size()];
    const auto figure = std::to_string(figure_of(n));
    for (const auto at : made.figures_at) made.text.replace(at, figure.size(), figure);

    // The n-th stamp is n · 100 ns after the start: later each time, and never ahead of the clock in a run that lasts.
    const Instant stamp = Instant::from_unix_ms(began_ms_) + Instant::Ticks{static_cast<std::int64_t>(n)};
    const auto fraction = (stamp.since_epoch() % std::chrono::seconds{1}).count();
    char digits[16];
    std::snprintf(digits, sizeof digits, ".%07lldZ", static_cast<long long>(fraction));
    made.text.replace(made.stamp_at, 19, stamp.to_iso_s().substr(0, 19));
    made.text.replace(made.stamp_at + 19, 9, digits);
    return made.text;
}

std::function<std::string_view(std::uint64_t n)> requests_of(Notifications notifications) {
    return [notifications = std::move(notifications)](std::uint64_t n) mutable { return notifications.request(n); };
}

}  // namespace stockcast::bench
