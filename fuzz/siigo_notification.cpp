// A webhook's body, all the way: parser, translation, decide(), the product's record. What is accepted is kept whole;
// told twice it changes nothing more; and it reads the same when SIIGO lists it.
#include "siigo_row.hpp"

#include "stockcast/ledger/decide.hpp"
#include "stockcast/store/records.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace stockcast;

namespace {

const Instant now = Instant::from_unix_ms(1'737'374'400'000);

Observation heard(Observation said, SeenTick tick) {
    said.company = "main";
    said.origin = Origin::notification;
    said.source = Source::webhook;
    said.seen = tick;
    said.seen_at = now;
    return said;
}

/// A product of that id with a figure and properties that the notification may contradict.
Product held_before(const ProductId& id) {
    Product held;
    held.company = "main";
    held.id = id;
    held.number = 7;
    held.code = "Item-1";
    held.name = "Camiseta";
    held.available = Quantity{15};
    held.warehouses = {{"1270", "Bodega principal", Quantity{15}}};
    held.properties =
        R"({"id":")" + id.to_string() + R"(","code":"Item-1","name":"Camiseta","additional_fields":{"brand":"Gef"}})";
    held.stock_register = {.stamp = now - std::chrono::hours{1}, .seen = 1, .seen_at = now - std::chrono::minutes{1}};
    held.property_register = held.stock_register;
    held.existence_register = {.stamp = {}, .seen = 1, .seen_at = now - std::chrono::minutes{1}};
    return held;
}

void require_kept(const Product& product) {
    const auto record = records::encode(product);
    const auto again = records::decode_product(record);
    fuzz::require(again.has_value() && *again == product);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto json = parse_json({reinterpret_cast<const char*>(data), size});
    if (!json) return 0;

    const auto copied = siigo::read_notification(static_cast<const Json&>(*json));
    const auto read = siigo::read_notification(std::move(*json));
    fuzz::require(copied.notification.has_value() == read.notification.has_value());
    fuzz::require(read.notification.has_value() == read.complaints.empty());
    if (!read.notification || !read.notification->product) return 0;
    const Observation& said = read.notification->said;
    fuzz::require(said.product == *read.notification->product);
    fuzz::require_read_back(said);

    const auto first = decide(nullptr, heard(said, 2), now);
    require_kept(first.next);
    if (first.changed_record) {
        const auto second = decide(&first.next, heard(said, 3), now);
        fuzz::require(second.changes.empty());
    }

    const auto before = held_before(said.product);
    const auto changed = decide(&before, heard(said, 2), now);
    require_kept(changed.next);
    if (changed.changed_record) {
        const auto again = decide(&changed.next, heard(said, 3), now);
        require_kept(again.next);
    }
    return 0;
}
