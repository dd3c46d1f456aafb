// backup, restore, rebuild, verify and retention, as whoever runs the shop meets them.
#include "e2e/world.hpp"

#include "stockcast/base/random.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

namespace stockcast::e2e {
namespace {

namespace fs = std::filesystem;

const World::Environment without_siigo{{"SIIGO_ENABLED", "false"}};

/// `stockcast …` on a data directory.
Ran stockcast(std::vector<std::string> arguments, const std::string& data_dir, const std::string& language = "C") {
    const TemporaryDirectory output;
    arguments.insert(arguments.begin(), STOCKCAST_PROGRAM);
    return run_to_end(std::move(arguments), {{"DATA_DIR", data_dir}, {"LANG", language}}, output.path());
}

bool says(const Ran& ran, const std::string& text) {
    return ran.output.find(text) != std::string::npos;
}

void sell(World& world, int from, int to) {
    for (int n = from; n < to; ++n) {
        REQUIRE(world
                    .notify(Notification{.quantity = std::to_string(n),
                                         .stock_updated = "2025-01-20T10:30:" + std::to_string(n) + "Z"}
                                .json())
                    .status == 200);
    }
}

std::string text_in(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void put_into(const fs::path& file, const std::string& text) {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
}

fs::path largest_table_in(const std::string& backup) {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator{backup + "/rocksdb"}) {
        if (entry.path().extension() == ".sst" &&
            (largest.empty() || fs::file_size(entry.path()) > fs::file_size(largest)))
            largest = entry.path();
    }
    return largest;
}

fs::path newest_log_in(const std::string& data) {
    fs::path newest;
    for (const auto& entry : fs::directory_iterator{data + "/rocksdb"})
        if (entry.path().extension() == ".log") newest = std::max(newest, entry.path());
    return newest;
}

/// Where `stockcast rebuild` has put what was there.
fs::path aside_in(const std::string& data) {
    for (const auto& entry : fs::directory_iterator{data})
        if (entry.path().filename().string().starts_with("damaged-")) return entry.path();
    return {};
}

bool is_empty_or_missing(const std::string& directory) {
    return !fs::exists(directory) || fs::is_empty(directory);
}

TEST_CASE("a backup made while the server runs is restored with its seq, under a new epoch or the same", "[e2e]") {
    World world{{.server = without_siigo}};
    world.start_server();
    sell(world, 10, 20);
    const auto epoch = world.epoch();
    const TemporaryDirectory directory;
    const auto backup = directory.path() + "/backup";
    const auto made = stockcast({"backup", backup}, world.data_dir());
    INFO(made.output);
    REQUIRE(made.exit_code == 0);
    CHECK(fs::status(backup).permissions() == fs::perms::owner_all);
    CHECK(fs::is_empty(world.data_dir() + "/snapshots"));
    sell(world, 20, 25);
    CHECK(world.stock("E2E-1") == "24");

    for (const bool same_epoch : {false, true}) {
        const auto data = directory.path() + (same_epoch ? "/same" : "/new");
        auto arguments = std::vector<std::string>{"restore", backup};
        if (same_epoch) arguments.emplace_back("--same-epoch");
        const auto restored = stockcast(arguments, data);
        INFO(restored.output);
        REQUIRE(restored.exit_code == 0);
        CHECK(stockcast({"verify"}, data).exit_code == 0);

        World again{{.server = {{"SIIGO_ENABLED", "false"}, {"DATA_DIR", data}}}};
        again.start_server();
        CHECK(again.head() == 10);
        CHECK(again.stock("E2E-1") == "19");
        CHECK(text_of(again.product("E2E-1"), "productId") == text_of(world.product("E2E-1"), "productId"));
        CHECK((again.epoch() == epoch) == same_epoch);
        CHECK(again.get("/api/changes?since=3").status == 200);
        sell(again, 30, 31);
        CHECK(again.head() == 11);
        CHECK(again.stop_server() == 0);
        CHECK(stockcast({"verify"}, data).exit_code == 0);
    }
}

TEST_CASE("a backup of a stopped server's store holds what only its log held, and the tokens' key", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"JWT_SECRET", ""}}}};
    world.start_server();
    sell(world, 10, 13);
    world.kill_server();
    const TemporaryDirectory directory;
    const auto backup = directory.path() + "/backup", data = directory.path() + "/data";
    fs::create_directory(backup);  // an empty one will do
    const auto before = text_in(world.data_dir() + "/jwt.key");
    REQUIRE_FALSE(before.empty());
    REQUIRE(stockcast({"backup", backup}, world.data_dir()).exit_code == 0);
    REQUIRE(stockcast({"restore", backup}, data).exit_code == 0);
    CHECK(text_in(data + "/jwt.key") == before);
    CHECK(fs::status(data + "/jwt.key").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    World again{{.server = {{"SIIGO_ENABLED", "false"}, {"JWT_SECRET", ""}, {"DATA_DIR", data}}}};
    again.start_server();
    CHECK(call(again.port(), {.target = "/readyz"}).status == 200);
}

TEST_CASE("what can't be backed up or restored is refused in both languages and leaves nothing", "[e2e]") {
    World world{{.server = without_siigo}};
    world.start_server();
    sell(world, 10, 20);
    REQUIRE(world.stop_server() == 0);
    const TemporaryDirectory directory;
    const auto good = directory.path() + "/good", copy = directory.path() + "/copy", data = directory.path() + "/data";
    REQUIRE(stockcast({"backup", good}, world.data_dir()).exit_code == 0);

    struct Row {
        std::string what;
        std::function<void()> spoil;
        std::string english;
        std::string spanish;
    };
    const auto manifest = fs::path{copy} / "backup.json";
    const auto replace = [&](const std::string& from, const std::string& to) {
        auto text = text_in(manifest);
        const auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        put_into(manifest, text.replace(at, from.size(), to));
    };
    const std::vector<Row> rows{
        {"no manifest", [&] { fs::remove(manifest); }, "There is no backup in", "No hay ninguna copia en"},
        {"no JSON", [&] { put_into(manifest, "{"); }, "is damaged: backup.json", "está dañada: backup.json"},
        {"a way out", [&] { replace("rocksdb/CURRENT", "../../etc/passwd"); }, "is damaged", "está dañada"},
        {"a newer form", [&] { replace("\"format\":1", "\"format\":9"); }, "by a newer stockcast", "versión más nueva"},
        {"a file less", [&] { fs::remove(largest_table_in(copy)); }, "is missing", "falta rocksdb/"},
        {"a file cut", [&] { fs::resize_file(largest_table_in(copy), 100); }, "100 bytes instead of",
         "100 bytes en vez de"},
        {"a flipped bit",
         [&] {
             auto text = text_in(largest_table_in(copy));
             text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
             put_into(largest_table_in(copy), text);
         },
         "does not have the bytes", "no tiene los bytes"},
        {"another seq", [&] { replace("\"seq\":10", "\"seq\":11"); }, "backup.json says 11", "backup.json dice 11"},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        fs::remove_all(copy);
        fs::copy(good, copy, fs::copy_options::recursive);
        row.spoil();
        for (const auto& [language, text] : {std::pair{"C", row.english}, std::pair{"es_CO.UTF-8", row.spanish}}) {
            const auto refused = stockcast({"restore", copy}, data, language);
            INFO(refused.output);
            CHECK(refused.exit_code == 1);
            CHECK(says(refused, text));
            CHECK(is_empty_or_missing(data));
        }
    }
    CHECK(says(stockcast({"restore", good}, world.data_dir()), "is not empty"));
    CHECK(says(stockcast({"backup", good}, world.data_dir()), "is there already and not empty"));
    CHECK(says(stockcast({"backup", world.data_dir() + "/copy"}, world.data_dir()), "lies in DATA_DIR"));
    CHECK(says(stockcast({"backup", directory.path() + "/x"}, directory.path() + "/nowhere"), "❌"));
    CHECK(stockcast({"backup"}, world.data_dir()).exit_code == 2);
    for (const auto& entry : fs::directory_iterator{directory.path()})
        CHECK(entry.path().filename().string().find("partial") == std::string::npos);

    // What a restore leaves that was killed: a server doesn't start beside it, another restore goes over it.
    fs::create_directories(data + "/restore.partial/rocksdb");
    World beside{{.server = {{"SIIGO_ENABLED", "false"}, {"DATA_DIR", data}}}};
    CHECK_THROWS(beside.start_server());
    CHECK(beside.server().output().find("was not finished") != std::string::npos);
    CHECK(stockcast({"restore", good}, data).exit_code == 0);
    CHECK(stockcast({"verify"}, data).exit_code == 0);
}

TEST_CASE("a log that lost its end is refused, and rebuild keeps the rest under a new epoch", "[e2e]") {
    World world{{.server = without_siigo}};
    world.start_server();
    sell(world, 10, 20);
    const auto epoch = world.epoch();
    const auto& data = world.data_dir();
    const auto in_use = stockcast({"rebuild"}, data);
    CHECK(in_use.exit_code == 1);
    CHECK(says(in_use, "is in use"));
    const auto log = newest_log_in(data);
    const auto length = fs::file_size(log);
    sell(world, 20, 21);
    world.kill_server();
    fs::resize_file(log, length);  // a record's end, as any crash leaves it

    for (const auto* command : {"serve", "verify"}) {
        const auto refused = run_to_end({STOCKCAST_PROGRAM, command},
                                        {{"DATA_DIR", data}, {"LANG", "C"}, {"SIIGO_ENABLED", "false"}}, "/tmp");
        INFO(refused.output);
        CHECK(refused.exit_code == 1);
        CHECK(says(refused, "what was acknowledged last is missing"));
        CHECK(says(refused, "stockcast rebuild"));
    }
    const auto rebuilt = stockcast({"rebuild"}, data, "es_CO.UTF-8");
    INFO(rebuilt.output);
    REQUIRE(rebuilt.exit_code == 0);
    CHECK(says(rebuilt, "cambio 10, con una época nueva"));
    CHECK(fs::file_size(aside_in(data) / "rocksdb" / log.filename()) == length);
    CHECK(fs::exists(aside_in(data) / "head"));
    CHECK_FALSE(fs::exists(data + "/rebuild.partial"));
    CHECK(stockcast({"verify"}, data).exit_code == 0);

    world.start_server();
    CHECK(world.head() == 10);
    CHECK(world.epoch() != epoch);
    CHECK(world.stock("E2E-1") == "19");
    sell(world, 30, 31);
    CHECK(world.head() == 11);
}

TEST_CASE("rebuild takes no half of a history; --empty begins without one", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"JWT_SECRET", ""}}}};
    const auto& data = world.data_dir();
    CHECK(says(stockcast({"rebuild"}, data + "/nowhere"), "nowhere"));
    world.start_server();
    sell(world, 10, 20);
    REQUIRE(world.stop_server() == 0);
    world.start_server();  // what only the log held is in tables now
    REQUIRE(world.stop_server() == 0);
    const auto table = largest_table_in(data);
    auto bytes = text_in(table);
    bytes[bytes.size() / 3] ^= 1;
    put_into(table, bytes);

    const auto refused = stockcast({"rebuild"}, data);
    INFO(refused.output);
    CHECK(refused.exit_code == 1);
    CHECK(says(refused, "What is left of the history is not whole"));
    CHECK(says(refused, "stockcast rebuild --empty"));
    CHECK(text_in(table) == bytes);

    const auto emptied = stockcast({"rebuild", "--empty"}, data);
    INFO(emptied.output);
    REQUIRE(emptied.exit_code == 0);
    CHECK_FALSE(fs::exists(data + "/rocksdb"));
    CHECK_FALSE(fs::exists(data + "/head"));
    CHECK(text_in(aside_in(data) / "rocksdb" / table.filename()) == bytes);
    world.start_server();
    CHECK(world.head() == 0);
    CHECK(stockcast({"rebuild"}, data).exit_code == 1);
}

TEST_CASE("verify finds what differs, while the server runs and after it has stopped", "[e2e]") {
    World world{{.server = without_siigo}};
    world.start_server();
    sell(world, 10, 20);
    const auto running = stockcast({"verify"}, world.data_dir());
    INFO(running.output);
    CHECK(running.exit_code == 0);
    CHECK(says(running, "10 changes up to 10"));
    REQUIRE(world.stop_server() == 0);
    {
        SystemRandom random;
        const auto store = open_rocks_store({.directory = world.data_dir()}, random);
        Batch damage;
        damage.erase(Family::changes, keys::change(4));
        REQUIRE(store->commit(damage));
        world.expect_damage();
    }
    const auto english = stockcast({"verify"}, world.data_dir());
    CHECK(english.exit_code == 1);
    CHECK(says(english, "❌ changes: 4 is missing, 5 follows"));
    CHECK(says(english, "stockcast restore"));
    const auto spanish = stockcast({"verify"}, world.data_dir(), "es_CO.UTF-8");
    CHECK(says(spanish, "❌ changes: falta 4, sigue 5"));
    CHECK(says(spanish, "Dos salidas: restaurar una copia"));
    const TemporaryDirectory directory;
    CHECK(says(stockcast({"backup", directory.path() + "/backup"}, world.data_dir()), "not in order"));
    CHECK(fs::is_empty(directory.path()));

    world.start_server();
    CHECK(stockcast({"verify"}, world.data_dir()).exit_code == 1);
    CHECK(stockcast({"verify"}, directory.path() + "/nowhere").exit_code == 1);
}

TEST_CASE("verify --upstream compares with SIIGO, through the server and without one", "[e2e]") {
    World world{{.server = {{"SYNC_INTERVAL", "24h"}}}};
    world.start_server();
    REQUIRE(world.wait_until_ready());
    REQUIRE(eventually([&] { return world.agrees(); }));
    const auto code = world.stocked_code();
    const TemporaryDirectory directory;
    const auto verify = [&] {
        return run_to_end({STOCKCAST_PROGRAM, "verify", "--upstream"}, world.environment(), directory.path());
    };
    const auto good = verify();
    INFO(good.output);
    CHECK(good.exit_code == 0);
    CHECK(says(good, "compared with SIIGO: none differs"));

    const auto held = world.stock(code);
    world.sell(code, "777", /*announce=*/false);
    const auto different = code + ": stockcast has " + held + ", SIIGO 777";
    const auto running = verify();
    INFO(running.output);
    CHECK(running.exit_code == 1);
    CHECK(says(running, different));
    CHECK(world.stock(code) == held);  // nothing was changed

    REQUIRE(world.stop_server() == 0);
    const auto stopped = verify();
    INFO(stopped.output);
    CHECK(stopped.exit_code == 1);
    CHECK(says(stopped, different));
    CHECK(world.store_findings() == std::vector<std::string>{});
    auto off = world.environment();
    off["SIIGO_ENABLED"] = "false";
    CHECK(run_to_end({STOCKCAST_PROGRAM, "verify", "--upstream"}, off, directory.path()).exit_code == 1);
    off = world.environment();
    off.erase("SIIGO_ACCESS_KEY");
    CHECK(run_to_end({STOCKCAST_PROGRAM, "verify", "--upstream"}, off, directory.path()).exit_code == 2);
}

TEST_CASE("what has reached its age is gone for every reader, and the mirror stays whole", "[e2e]") {
    World world{{.server = {{"SIIGO_ENABLED", "false"}, {"CHANGES_RETENTION", "1s"}, {"LOG_RETENTION", "1s"}}}};
    world.start_server();
    sell(world, 10, 20);
    CHECK(eventually([&] { return world.get("/api/changes?since=9").status == 410; }));
    CHECK(
        eventually([&] { return world.get("/api/webhooks/logs?limit=10").json().find("logs")->if_array()->empty(); }));
    CHECK(world.get("/api/changes?since=10").status == 200);
    CHECK(world.head() == 10);
    CHECK(world.stock("E2E-1") == "19");
    auto late = world.websocket("?since=2");
    CHECK(late.next_of("reset", std::chrono::seconds{10}));
    CHECK(stockcast({"verify"}, world.data_dir()).exit_code == 0);

    world.kill_server();
    CHECK(stockcast({"verify"}, world.data_dir()).exit_code == 0);
    world.start_server();
    CHECK(world.stock("E2E-1") == "19");
    sell(world, 20, 22);
    CHECK(world.head() == 12);
    CHECK(eventually([&] { return world.get("/api/changes?since=11").status == 410; }));
    CHECK(world.stop_server() == 0);
    CHECK(world.store_findings() == std::vector<std::string>{});
}

}  // namespace
}  // namespace stockcast::e2e
