#include "simulation/drawn.hpp"

#include "simulation/dialect.hpp"

#include "stockcast/http/jwt.hpp"

#include <set>
#include <utility>
#include <vector>

namespace stockcast::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view jwt_secret = "a secret for tokens, of 32 bytes and more";

std::chrono::milliseconds retention(Chance& chance, std::chrono::nanoseconds length) {
    if (chance.chance(0.4)) return std::chrono::hours{24 * 365};
    return std::chrono::duration_cast<std::chrono::milliseconds>(chance.duration(2min, length));
}

/// For those who must show one, whatever the machine's clock says.
std::string viewer_token() {
    const auto keys = JwtKeys::hs256(std::string{jwt_secret}).value();
    return keys
        .sign(Role::viewer, "listener", *Instant::parse("2000-01-01T00:00:00Z"),
              *Instant::parse("2100-01-01T00:00:00Z"))
        .value();
}

/// Some of the names, at least one.
std::set<std::string> some_of(Chance& chance, const std::vector<std::string>& names) {
    std::set<std::string> some;
    for (auto count = chance.between(1, 3); count > 0; --count)
        some.insert(names[static_cast<std::size_t>(chance.below(names.size()))]);
    return some;
}

/// What a listener may ask for: some kinds of changes, some of the products that there are now, some warehouses.
Narrowing draw_narrowing(Chance& chance, const sim::Company& company) {
    std::vector<std::string> codes;
    std::vector<std::string> warehouses;
    for (const auto slot : company.by_creation()) codes.push_back(company.find(slot)->code);
    for (const auto& warehouse : company.warehouses()) warehouses.push_back(std::to_string(warehouse.id));
    Narrowing narrowing;
    if (chance.chance(0.4))
        narrowing.types = some_of(chance, {"stock_updated", "product_created", "product_updated", "product_deleted"});
    if (chance.chance(0.4)) narrowing.codes = some_of(chance, codes);
    if (chance.chance(0.3)) narrowing.warehouses = some_of(chance, warehouses);
    return narrowing;
}

Listener::Habits draw_habits(Chance& chance) {
    Listener::Habits habits;
    habits.stays = chance.duration(10s, 2h);
    habits.away = chance.duration(1s, 30min);
    habits.naps = static_cast<double>(chance.between(0, 20)) / 100;
    habits.nap = chance.duration(2s, 5min);
    habits.forgets = chance.chance(0.3) ? 0.2 : 0;
    return habits;
}

}  // namespace

Settings draw_settings(Chance& chance, const RunSettings& run, const std::string& directory) {
    const auto siigo = Siigo::credentials();
    Settings settings;
    settings.siigo_username = siigo.username;
    settings.siigo_access_key = siigo.access_key;
    settings.siigo_partner_id = "stockcastSimulated";
    settings.siigo_base_url = "https://" + std::string{Siigo::host};
    settings.siigo_requests_per_minute = static_cast<unsigned>(chance.between(6, 60));
    settings.sync_interval = std::chrono::minutes{chance.between(1, 5)};
    settings.sync_full_interval = std::chrono::minutes{chance.between(15, 60)};
    if (run.story == Story::outage) {
        // The fewer calls of a healthy week, the fewer of an outage may fail.
        settings.sync_interval = std::chrono::minutes{chance.between(5, 60)};
        settings.sync_full_interval = std::chrono::hours{chance.between(1, 24)};
    }
    settings.log_retention = retention(chance, run.length);
    settings.changes_retention = retention(chance, run.length);
    settings.sync_batch_size = static_cast<unsigned>(chance.between(1, 12));
    settings.webhook_base_url = "https://shop.example/api/webhooks";
    settings.webhook_secret = std::string{webhook_secret};
    settings.host = "127.0.0.1";
    settings.port = 0;
    settings.max_connections_per_address = 0;
    settings.data_dir = directory;
    settings.jwt_secret = std::string{jwt_secret};
    settings.stream_public = true;
    return settings;
}

Siigo::Shop draw_shop(Chance& chance, Story story) {
    Siigo::Shop shop;
    shop.products = static_cast<std::size_t>(chance.between(3, 60));
    shop.sales_per_minute = static_cast<double>(chance.between(1, 60)) / 10;
    shop.unannounced = static_cast<double>(chance.between(0, 100)) / 100;
    if (chance.chance(0.3)) shop.token_lifetime = std::chrono::seconds{chance.between(60, 7'200)};
    if (story == Story::outage) shop.sales_per_minute /= 20;
    return shop;
}

Listener::Nature draw_listener(Chance& chance, std::string name, const std::string& host, const sim::Company& company) {
    Listener::Nature nature;
    nature.name = std::move(name);
    nature.habits = draw_habits(chance);
    nature.greeting = {.host = host, .token = viewer_token(), .narrowing = {}};
    switch (chance.between(0, 4)) {
        case 0: nature.dialect = make_waiting_dialect(); return nature;
        case 1: nature.dialect = make_events_dialect(); break;
        default: nature.dialect = make_websocket_dialect();
    }
    nature.greeting.narrowing = draw_narrowing(chance, company);
    return nature;
}

}  // namespace stockcast::simulation
