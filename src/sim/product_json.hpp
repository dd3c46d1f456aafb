#pragma once

#include "sim/company.hpp"

#include "stockcast/sim/simulator.hpp"

#include <string>
#include <string_view>

/// A product in SIIGO's JSON (siigo-api.md, "Products" and "Webhooks"), in every form that the variants ask for.
namespace stockcast::sim {

/// As `GET /v1/products` shows it, with `figures` for its stock.
void write_product(std::string& out, const Item& item, const Figures& figures, const Company& company,
                   const Variants& variants);

/// Who says it: the members beside the product's own.
struct Sender {
    std::string_view company_key;
    std::string_view username;
    std::string_view topic;
};

/// The members of a notification, all at the root (or nested as the variants say) and not yet inside `data`.
void write_notification(std::string& out, const Item& item, const Sender& sender, const Company& company,
                        const Variants& variants);

/// The whole inside `data` where the variants say so; else as it is.
std::string wrapped(std::string notification, const Variants& variants);

/// A time in the variants' form: `Z`, an offset, or neither; 0 to 7 fractional digits.
std::string stamp_text(Instant at, const Variants& variants);

}  // namespace stockcast::sim
