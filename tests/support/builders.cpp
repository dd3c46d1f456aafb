#include "support/builders.hpp"

#include <array>
#include <stdexcept>

namespace stockcast::test {
namespace {

constexpr std::string_view day = "2025-01-20T";

template <class T>
T good(const Result<T>& result, std::string_view text) {
    if (!result) throw std::invalid_argument("test value: " + std::string{text});
    return *result;
}

std::array<std::uint8_t, 16> counted(std::uint64_t n) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = bytes.size(); i-- > 8; n >>= 8) bytes[i] = static_cast<std::uint8_t>(n);
    return bytes;
}

void set_property(Product& product, std::string_view name, Json value) {
    auto properties = good(parse_json(product.properties), product.properties);
    properties.set(name, std::move(value));
    product.properties = to_text(properties);
}

}  // namespace

Quantity quantity(std::string_view text) {
    return good(Quantity::parse(text), text);
}

Instant at(std::string_view text) {
    if (text.find('-') != std::string_view::npos) return good(Instant::parse(text), text);
    std::string full{day};
    full += text;
    if (text.size() == 5) full += ":00";  // hh:mm
    return good(Instant::parse(full), full);
}

ProductId product_id(std::uint64_t n) {
    auto bytes = counted(n);
    bytes[0] = 0x51;  // so that number 0 is not "no product"
    return ProductId::from_bytes(bytes);
}

LogId log_id(std::uint64_t n) {
    auto bytes = LogId::first_at(at("10:00")).bytes();
    const auto count = counted(n);
    for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = count[i];
    return LogId::from_bytes(bytes);
}

ProductBuilder::ProductBuilder() {
    product_.company = "main";
    product_.seq = 1;
    product_.changed_at = product_.synced_at = at("10:00");
    numbered(1).coded("PROD001").named("Producto Ejemplo");
}

ProductBuilder& ProductBuilder::with_stock(std::string_view figure) {
    product_.available = quantity(figure);
    return *this;
}

ProductBuilder& ProductBuilder::with_stock(std::int64_t figure) {
    product_.available = Quantity{figure};
    return *this;
}

ProductBuilder& ProductBuilder::in_warehouse(std::string_view id, std::string_view name, std::string_view figure) {
    product_.warehouses.push_back({std::string{id}, std::string{name}, quantity(figure)});
    return *this;
}

ProductBuilder& ProductBuilder::as_of(std::string_view time) {
    product_.stock_updated = product_.stock_register.stamp = at(time);
    return *this;
}

ProductBuilder& ProductBuilder::properties_as_of(std::string_view time) {
    product_.last_updated = product_.property_register.stamp = at(time);
    return *this;
}

ProductBuilder& ProductBuilder::seen(SeenTick tick, std::string_view time) {
    for (auto* reg : {&product_.stock_register, &product_.property_register, &product_.existence_register}) {
        reg->seen = tick;
        reg->seen_at = at(time);
    }
    return *this;
}

ProductBuilder& ProductBuilder::polled() {
    for (auto* reg : {&product_.stock_register, &product_.property_register, &product_.existence_register})
        reg->polled = true;
    return *this;
}

ProductBuilder& ProductBuilder::numbered(std::uint64_t n) {
    product_.number = n;
    product_.id = product_id(n);
    set_property(product_, "id", product_.id.to_string());
    return *this;
}

ProductBuilder& ProductBuilder::coded(std::string_view code) {
    product_.code = code;
    set_property(product_, "code", code);
    return *this;
}

ProductBuilder& ProductBuilder::named(std::string_view name) {
    product_.name = name;
    set_property(product_, "name", name);
    return *this;
}

ProductBuilder& ProductBuilder::of_company(std::string_view company) {
    product_.company = company;
    return *this;
}

ProductBuilder& ProductBuilder::with_property(std::string_view name, Json value) {
    set_property(product_, name, std::move(value));
    return *this;
}

ProductBuilder& ProductBuilder::awaiting_read(std::string_view due, SeenTick asked) {
    product_.pending = PendingRead{at(due), asked};
    return *this;
}

ProductBuilder& ProductBuilder::deleted() {
    product_.deleted = true;
    return *this;
}

ObservationBuilder::ObservationBuilder() {
    observation_.company = "main";
    observation_.product = product_id(1);
    observation_.cause = log_id(1);
    seen(100, "12:00");
}

ObservationBuilder& ObservationBuilder::with_stock(std::string_view figure) {
    observation_.available = quantity(figure);
    return *this;
}

ObservationBuilder& ObservationBuilder::with_stock(std::int64_t figure) {
    observation_.available = Quantity{figure};
    return *this;
}

ObservationBuilder& ObservationBuilder::in_warehouse(std::string_view id, std::string_view name,
                                                     std::string_view figure) {
    if (!observation_.warehouses) observation_.warehouses.emplace();
    observation_.warehouses->push_back({std::string{id}, std::string{name}, quantity(figure)});
    return *this;
}

ObservationBuilder& ObservationBuilder::as_of(std::string_view time) {
    observation_.stock_updated = at(time);
    return *this;
}

ObservationBuilder& ObservationBuilder::properties_as_of(std::string_view time) {
    observation_.last_updated = at(time);
    return *this;
}

ObservationBuilder& ObservationBuilder::seen(SeenTick tick, std::string_view time) {
    observation_.seen = tick;
    observation_.seen_at = at(time);
    return *this;
}

ObservationBuilder& ObservationBuilder::about(std::uint64_t n) {
    observation_.product = product_id(n);
    return *this;
}

ObservationBuilder& ObservationBuilder::of_company(std::string_view company) {
    observation_.company = company;
    return *this;
}

ObservationBuilder& ObservationBuilder::coded(std::string_view code) {
    return with_property("code", code);
}

ObservationBuilder& ObservationBuilder::named(std::string_view name) {
    return with_property("name", name);
}

ObservationBuilder& ObservationBuilder::with_property(std::string_view name, Json value) {
    observation_.properties.set(name, std::move(value));
    return *this;
}

ObservationBuilder& ObservationBuilder::caused_by(LogId cause) {
    observation_.cause = cause;
    return *this;
}

ObservationBuilder& ObservationBuilder::from(Source source) {
    observation_.source = source;
    return *this;
}

ObservationBuilder& ObservationBuilder::by_page() {
    observation_.origin = Origin::page;
    return from(Source::scheduled_sync);
}

ObservationBuilder& ObservationBuilder::by_read() {
    observation_.origin = Origin::read;
    return from(Source::refresh);
}

ObservationBuilder& ObservationBuilder::by_absence() {
    observation_.origin = Origin::absence;
    return from(Source::scheduled_sync);
}

}  // namespace stockcast::test
