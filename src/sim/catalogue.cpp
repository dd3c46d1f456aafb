#include "sim/catalogue.hpp"

#include "sim/families.hpp"

#include <algorithm>
#include <cstdio>

namespace stockcast::sim {
namespace {

ProductId draw_id(SeededRandom& random) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(std::as_writable_bytes(std::span{bytes}));
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // RFC 9562: version 4
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    return ProductId::from_bytes(bytes);
}

std::string padded(std::uint32_t number, int width) {
    char text[16];
    const int length = std::snprintf(text, sizeof text, "%0*u", width, number);
    return std::string(text, static_cast<std::size_t>(length));
}

void add_word(std::string& name, std::string_view word) {
    if (word.empty()) return;
    if (!name.empty()) name += ' ';
    name += word;
}

}  // namespace

Catalogue::Catalogue(SeededRandom& random) : random_(random), drawn_(families().size(), 0) {
    for (std::size_t i = 0; i < families().size(); ++i) lots_.insert(lots_.end(), families()[i].weight, i);
}

Item Catalogue::draw() {
    const auto index = lots_[random_.below(lots_.size())];
    const Family& family = families()[index];
    const std::uint32_t number = drawn_[index]++;

    // Mixed radix, so that a family's names repeat only after all of its combinations; then an edition tells them
    // apart.
    auto rest = static_cast<std::size_t>(number);
    const auto pick = [&rest](const std::vector<std::string_view>& from) {
        const auto chosen = from[rest % from.size()];
        rest /= from.size();
        return chosen;
    };
    Item item;
    item.name = family.name;
    add_word(item.name, pick(family.kinds));
    add_word(item.name, pick(family.sizes));
    const auto brand = pick(family.brands);
    add_word(item.name, brand);
    if (rest > 0) add_word(item.name, "ref. " + std::to_string(rest + 1));

    item.id = draw_id(random_);
    item.code = std::string{family.prefix} + '-' + padded(number + 1, 4);
    item.type = family.type;
    item.measure = family.measure;
    item.group = family.group;
    item.unit = family.unit;
    item.tax = family.tax;
    item.stock_control = family.type == ItemType::product && !random_.chance(0.02);
    item.active = !random_.chance(0.04);
    item.price = random_.between(family.price_min / 50, family.price_max / 50) * 50;
    if (random_.chance(0.3)) item.wholesale_price = item.price * 88 / 100;

    if (random_.chance(0.6)) item.description = item.name;
    if (random_.chance(0.5)) item.reference = "REF" + padded(static_cast<std::uint32_t>(random_.below(100'000)), 5);
    if (!brand.empty()) item.brand = brand;
    if (item.type == ItemType::product && item.measure == Measure::piece) {
        // 770 is Colombia's GS1 prefix.
        if (random_.chance(0.8)) item.barcode = "770" + std::to_string(random_.between(1'000'000'000, 9'999'999'999));
        if (random_.chance(0.2)) item.tariff = std::to_string(random_.between(100'000, 999'999));
        if (random_.chance(0.1)) item.model = std::string{family.prefix} + std::to_string(random_.between(10, 99));
    }
    return item;
}

Quantity Catalogue::draw_quantity(Measure measure, std::int64_t low, std::int64_t high) {
    switch (measure) {
        case Measure::piece: return Quantity{random_.between(low, high)};
        case Measure::weight: return thousandths(random_.between(low * 200, high * 200) * 5);  // scales show 5 g
        case Measure::length: return thousandths(random_.between(low * 2, high * 2) * 500);
    }
    return Quantity{};
}

std::vector<Shelf> Catalogue::draw_shelves(const Item& item, std::size_t warehouses) {
    std::vector<Shelf> shelves;
    constexpr double share_of[] = {0.95, 0.45, 0.2,
                                   0.05};  // the later a warehouse stands in the list, the less it holds
    for (std::size_t i = 0; i < warehouses; ++i) {
        if (!random_.chance(share_of[std::min(i, std::size(share_of) - 1)])) continue;
        Quantity quantity;
        if (random_.chance(0.03)) {
            quantity = -draw_quantity(item.measure, 1, 12);  // sold before the purchase was booked
        } else if (!random_.chance(0.06)) {
            quantity = draw_quantity(item.measure, 0, i == 0 ? 120 : 30);
        }
        shelves.push_back({i, quantity});
    }
    return shelves;
}

}  // namespace stockcast::sim
