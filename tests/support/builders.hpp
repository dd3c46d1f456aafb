#pragma once

#include "stockcast/model/observation.hpp"
#include "stockcast/model/product.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stockcast::test {

/// `12.5`, exactly; throws on what is no quantity.
Quantity quantity(std::string_view text);
/// A full stamp, or a time of the examples' day: `10:30` and `10:30:00.1` are of 2025-01-20, UTC.
Instant at(std::string_view text);
/// The n-th of a row of ids that are easy to tell apart.
ProductId product_id(std::uint64_t n);
/// The n-th of a row of log ids, in the order of n.
LogId log_id(std::uint64_t n);

/// A product as it is held: number 1, `PROD001`, «Producto Ejemplo», of company `main`, no figure, nothing stamped.
class ProductBuilder {
public:
    ProductBuilder();

    ProductBuilder& with_stock(std::string_view figure);
    ProductBuilder& with_stock(std::int64_t figure);
    ProductBuilder& in_warehouse(std::string_view id, std::string_view name, std::string_view figure);
    /// SIIGO's `stock_updated`, also as the stamp of the stock register.
    ProductBuilder& as_of(std::string_view time);
    /// SIIGO's `last_updated`, also as the stamp of the property register.
    ProductBuilder& properties_as_of(std::string_view time);
    /// When all three registers were seen, by count and by our clock.
    ProductBuilder& seen(SeenTick tick, std::string_view time);
    ProductBuilder& polled();                   ///< what is held was last seen in a poll
    ProductBuilder& numbered(std::uint64_t n);  ///< also `product_id(n)`
    ProductBuilder& coded(std::string_view code);
    ProductBuilder& named(std::string_view name);
    ProductBuilder& of_company(std::string_view company);
    ProductBuilder& with_property(std::string_view name, Json value);
    ProductBuilder& awaiting_read(std::string_view due, SeenTick asked);
    ProductBuilder& deleted();

    const Product& build() const { return product_; }
    operator Product() const { return product_; }

private:
    Product product_;
};
inline ProductBuilder product() {
    return {};
}

/// A notification of the same product, seen at 12:00 as number 100, that says nothing yet.
class ObservationBuilder {
public:
    ObservationBuilder();

    ObservationBuilder& with_stock(std::string_view figure);
    ObservationBuilder& with_stock(std::int64_t figure);
    ObservationBuilder& in_warehouse(std::string_view id, std::string_view name, std::string_view figure);
    ObservationBuilder& as_of(std::string_view time);             ///< `stock_updated`
    ObservationBuilder& properties_as_of(std::string_view time);  ///< `last_updated`
    ObservationBuilder& seen(SeenTick tick, std::string_view time);
    ObservationBuilder& about(std::uint64_t n);  ///< `product_id(n)`
    ObservationBuilder& of_company(std::string_view company);
    ObservationBuilder& coded(std::string_view code);
    ObservationBuilder& named(std::string_view name);
    ObservationBuilder& with_property(std::string_view name, Json value);
    ObservationBuilder& caused_by(LogId cause);
    ObservationBuilder& from(Source source);
    ObservationBuilder& by_page();     ///< a row of a scheduled sync's page
    ObservationBuilder& by_read();     ///< asked for by id
    ObservationBuilder& by_absence();  ///< asked for by id and not there

    const Observation& build() const { return observation_; }
    operator Observation() const { return observation_; }

private:
    Observation observation_;
};
inline ObservationBuilder observation() {
    return {};
}

}  // namespace stockcast::test
