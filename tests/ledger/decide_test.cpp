#include "stockcast/ledger/decide.hpp"

#include "ledger/properties.hpp"
#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace stockcast {
namespace {

using namespace test;

const Instant now = at("12:00");

ProductBuilder held() {
    return product().with_stock(15).as_of("10:30").properties_as_of("10:30").seen(50, "11:00");
}

Json text(const char* value) {
    return Json{std::string{value}};
}

Json fields(std::vector<std::pair<std::string, const char*>> members) {
    Json::Object object;
    for (auto& [name, value] : members) object.emplace_back(std::move(name), text(value));
    return Json{std::move(object)};
}

Json property(const Product& product, std::string_view name) {
    const auto properties = parse_json(product.properties);
    REQUIRE(properties);
    const auto* found = properties->find(name);
    return found ? *found : Json{};
}

}  // namespace

TEST_CASE("properties merge memberwise: what is not said stays", "[ledger]") {
    const Product product = held().with_property("reference", text("R1")).with_property("unit_label", text("unidad"));
    const auto decision = decide(
        &product, observation().named("Nuevo").with_property("reference", text("R2")).properties_as_of("10:31"), now);

    CHECK(decision.properties == Verdict::applied);
    CHECK(decision.changes == std::vector{ChangeType::product_updated});
    CHECK(decision.changed == std::vector<std::string>{"name", "reference"});
    CHECK(decision.next.name == "Nuevo");
    CHECK(property(decision.next, "reference") == text("R2"));
    CHECK(property(decision.next, "unit_label") == text("unidad"));
    CHECK(decision.next.code == "PROD001");
}

TEST_CASE("additional_fields merges one level deeper", "[ledger]") {
    const Product product = held().with_property("additional_fields", fields({{"barcode", "B1"}, {"brand", "Gef"}}));
    const auto said = observation().with_property("additional_fields", fields({{"brand", "Otra"}, {"model", "M"}}));
    const auto decision = decide(&product, said.build(), now);
    CHECK(decision.changed == std::vector<std::string>{"additional_fields"});
    CHECK(same_value(property(decision.next, "additional_fields"),
                     fields({{"barcode", "B1"}, {"brand", "Otra"}, {"model", "M"}})));
}

TEST_CASE("numbers are compared by value, and an equal one keeps its spelling", "[ledger]") {
    const Product product = held().with_property("tax_consumption_value", JsonNumber{"10"});
    const auto decision = decide(
        &product, observation().with_property("tax_consumption_value", JsonNumber{"1.0e1"}).properties_as_of("10:31"),
        now);
    CHECK(decision.properties == Verdict::unchanged);
    CHECK(property(decision.next, "tax_consumption_value") == Json{JsonNumber{"10"}});
    CHECK(decision.next.property_register.stamp == at("10:31"));
}

TEST_CASE("what is said exactly as it is held is told from what only looks like it", "[ledger]") {
    const auto json = [](std::string_view value) { return *parse_json(value); };
    const std::string_view text = R"({"id":"x","n":1,"sub":{"a":[1,2]}})";
    CHECK(ledger::says_exactly(json(text), text));
    for (const auto* other : {R"({"id":"x","n":1,"sub":{"a":[1,2]},"m":1})", R"({"id":"x","n":1})",
                              R"({"id":"x","n":1.0,"sub":{"a":[1,2]}})", R"({"n":1,"id":"x","sub":{"a":[1,2]}})",
                              R"({"id":"x","n":1,"sub":{"a":[1,3]}})", "{}"}) {
        CHECK_FALSE(ledger::says_exactly(json(other), text));
    }
    CHECK_FALSE(ledger::says_exactly(json(R"({"id":"x"})"), R"({"id":"x"}})"));
}

TEST_CASE("stock and properties are ordered each alone", "[ledger]") {
    const Product product = held();

    SECTION("a rename that carries a lagging quantity does not undo a sale") {
        const auto rename = observation().named("Nuevo").properties_as_of("10:31").with_stock(20).as_of("10:00");
        const auto decision = decide(&product, rename.build(), now);
        CHECK(decision.properties == Verdict::applied);
        CHECK(decision.stock == Verdict::stale);
        CHECK(decision.next.name == "Nuevo");
        CHECK(decision.next.available == Quantity{15});
        CHECK(decision.next.stock_updated == at("10:30"));
    }
    SECTION("a sale that carries an old name does not undo a rename") {
        const auto sale = observation().named("Viejo").properties_as_of("10:00").with_stock(14).as_of("10:31");
        const auto decision = decide(&product, sale.build(), now);
        CHECK(decision.properties == Verdict::stale);
        CHECK(decision.stock == Verdict::applied);
        CHECK(decision.next.name == "Producto Ejemplo");
        CHECK(decision.next.available == Quantity{14});
    }
    SECTION("both at once are two changes, the properties first") {
        const auto both = observation().named("Nuevo").properties_as_of("10:31").with_stock(14).as_of("10:31");
        const auto decision = decide(&product, both.build(), now);
        CHECK(decision.changes == std::vector{ChangeType::product_updated, ChangeType::stock_updated});
    }
}

TEST_CASE("a late word fills in members that nobody had said, and is confirmed", "[ledger]") {
    const Product product = held();
    const auto late =
        observation().named("Viejo").with_property("reference", text("R1")).properties_as_of("10:00").with_stock(15);
    const auto decision = decide(&product, late.build(), now);
    CHECK(decision.properties == Verdict::applied);
    CHECK(decision.changed == std::vector<std::string>{"reference"});
    CHECK(decision.next.name == "Producto Ejemplo");
    CHECK(decision.next.property_register.stamp == at("10:30"));
    CHECK(decision.next.pending == PendingRead{at("12:03"), 100});
}

TEST_CASE("code, name, active and stock control follow the properties", "[ledger]") {
    const Product product = held();
    const auto decision = decide(&product,
                                 observation()
                                     .coded("OTRO")
                                     .with_property("active", false)
                                     .with_property("stock_control", false)
                                     .properties_as_of("10:31"),
                                 now);
    CHECK(decision.next.code == "OTRO");
    CHECK_FALSE(decision.next.active);
    CHECK_FALSE(decision.next.stock_control);
    CHECK(decision.next.name == "Producto Ejemplo");

    const auto digits =
        decide(&product, observation().with_property("code", JsonNumber{"770123"}).properties_as_of("10:31"), now);
    CHECK(digits.next.code == "770123");
    const auto empty = decide(&product, observation().coded("").properties_as_of("10:31"), now);
    CHECK(empty.next.code == "PROD001");
}

TEST_CASE("merging does not grow a record without bound", "[ledger]") {
    const std::string big(700'000, 'x');
    const Product product = held().with_property("first", Json{big});
    const auto decision = decide(
        &product, observation().coded("PROD001").with_property("second", Json{big}).properties_as_of("10:31"), now);
    CHECK(decision.next.properties.size() < 800'000);
    CHECK(property(decision.next, "second") == Json{big});
}

TEST_CASE("an unknown product is created by whatever names its id and code", "[ledger]") {
    const auto said =
        observation().coded("NUEVO").named("Nuevo").with_stock("2.5").as_of("11:59").properties_as_of("11:58");

    SECTION("with its figure") {
        const auto decision = decide(nullptr, said.build(), now);
        CHECK(decision.exists);
        CHECK(decision.changes == std::vector{ChangeType::product_created});
        CHECK(decision.next.code == "NUEVO");
        CHECK(decision.next.available == quantity("2.5"));
        CHECK(decision.next.stock_register == Register{at("11:59"), 100, at("12:00")});
        CHECK(decision.next.property_register == Register{at("11:58"), 100, at("12:00")});
        CHECK(decision.next.synced_at == at("12:00"));
        CHECK_FALSE(decision.next.made_up);
        CHECK_FALSE(decision.next.pending);
    }
    SECTION("without a figure it is read at once") {
        const auto decision = decide(nullptr, observation().coded("NUEVO").build(), now);
        CHECK(decision.changes == std::vector{ChangeType::product_created});
        CHECK(decision.next.available == std::nullopt);
        CHECK(decision.next.pending == PendingRead{at("12:00"), 100});
    }
    SECTION("without a code it is only read") {
        const auto decision = decide(nullptr, observation().with_stock(1).build(), now);
        CHECK_FALSE(decision.exists);
        CHECK(decision.existence == Verdict::deferred);
        CHECK(decision.changes.empty());
        CHECK(decision.next.pending == PendingRead{at("12:00"), 100});
    }
    SECTION("a read that tells no code is the end of it") {
        CHECK_FALSE(decide(nullptr, observation().by_read().build(), now).next.pending);
    }
    SECTION("a test makes it up, and SIIGO's word makes it real") {
        const auto made_up = decide(nullptr, observation().from(Source::test).with_stock(1).build(), now).next;
        CHECK(made_up.made_up);
        CHECK(made_up.code == made_up.id.to_string());
        CHECK(made_up.pending);
        const auto real =
            decide(&made_up, observation().by_read().coded("REAL").with_stock(1).seen(101, "12:00"), now).next;
        CHECK_FALSE(real.made_up);
        CHECK_FALSE(real.pending);
        const auto gone = decide(&made_up, observation().by_absence().seen(101, "12:00"), now);
        CHECK(gone.changes == std::vector{ChangeType::product_deleted});
        CHECK_FALSE(gone.next.pending);
    }
}

TEST_CASE("absence deletes a product unless something was seen of it since it was asked for", "[ledger]") {
    const Product product = held().awaiting_read("12:02", 60);

    const auto gone = decide(&product, observation().by_absence(), now);
    CHECK(gone.existence == Verdict::applied);
    CHECK(gone.next.deleted);
    CHECK_FALSE(gone.next.pending);
    CHECK(gone.changes == std::vector{ChangeType::product_deleted});

    const auto overtaken = decide(&product, observation().by_absence().seen(49, "10:59"), now);
    CHECK(overtaken.existence == Verdict::deferred);
    CHECK_FALSE(overtaken.next.deleted);
    CHECK(overtaken.next.pending == PendingRead{at("12:00:05"), 60});
    CHECK(overtaken.changes.empty());

    CHECK_FALSE(decide(nullptr, observation().by_absence(), now).exists);
    CHECK(decide(&gone.next, observation().by_absence().seen(101, "12:01"), now).existence == Verdict::unchanged);
}

TEST_CASE("for a deleted product a notification is a fetch, and a read that finds it creates it again", "[ledger]") {
    const Product product = held().with_property("reference", text("R1")).deleted();

    for (const auto& said : {observation().with_stock(3).as_of("11:59"), observation().by_page().with_stock(3)}) {
        const auto decision = decide(&product, said, now);
        CHECK(decision.existence == Verdict::deferred);
        CHECK(decision.next.deleted);
        CHECK(decision.next.available == Quantity{15});
        CHECK(decision.next.pending == PendingRead{at("12:00"), 100});
    }
    for (const auto& late : {observation().seen(49, "10:59"), observation().by_read().seen(49, "10:59")}) {
        const auto decision = decide(&product, late, now);
        CHECK(decision.existence == Verdict::stale);
        CHECK_FALSE(decision.changed_record);
    }

    const auto found = decide(&product, observation().by_read().coded("PROD001").named("Otra vida"), now);
    CHECK(found.changes == std::vector{ChangeType::product_created});
    CHECK_FALSE(found.next.deleted);
    CHECK(found.next.number == product.number);
    CHECK(found.next.available == std::nullopt);
    CHECK(property(found.next, "reference").is_null());
    CHECK(found.next.stock_register == Register{});

    const Product twice_tested = [] {
        Product made_up = held().deleted();
        made_up.made_up = true;
        return made_up;
    }();
    const auto again = decide(&twice_tested, observation().from(Source::test).with_stock(7), now);
    CHECK(again.changes == std::vector{ChangeType::product_created});
    CHECK(again.next.made_up);
}

TEST_CASE("what says nothing new leaves the record as it is", "[ledger]") {
    const Product product = held();
    const auto late = observation().with_stock(1).as_of("10:00").seen(49, "10:59");
    CHECK_FALSE(decide(&product, late, now).changed_record);
    CHECK(decide(&product, observation().with_stock(15).as_of("10:30"), now).changed_record);  // it was confirmed
}

}  // namespace stockcast
