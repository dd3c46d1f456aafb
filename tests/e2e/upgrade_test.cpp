// Stores that earlier versions of the history wrote (tests/upgrade, made by script/upgrades) under today's programs.
#include "e2e/world.hpp"

#include "stockcast/base/random.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace stockcast::e2e {
namespace {

namespace fs = std::filesystem;

/// An earlier version's data directory, and what that version answered when it had it last.
class Inheritance {
public:
    explicit Inheritance(const fs::path& packed) {
        const auto unpacked =
            run_to_end({"/bin/tar", "-xzf", packed.string(), "-C", directory_.path()}, {}, directory_.path());
        INFO(unpacked.output);
        REQUIRE(unpacked.exit_code == 0);
        std::ifstream in{directory_.path() + "/answers.json", std::ios::binary};
        answers_ = parse_json(std::string{std::istreambuf_iterator<char>{in}, {}}).value();
    }

    std::string data_dir() const { return directory_.path() + "/data"; }
    const Json::Array& listed(std::string_view name) const {
        static const Json::Array none;
        const auto* list = answers_.find(name);
        return list ? *list->if_array() : none;
    }
    std::string text(std::string_view name) const { return text_of(answers_, name); }
    std::uint64_t number(std::string_view name) const { return std::stoull(text(name)); }

    World::Environment served_alone() const {
        return {{"DATA_DIR", data_dir()}, {"SIIGO_ENABLED", "false"}, {"WEBHOOK_SECRET", ""}};
    }

private:
    TemporaryDirectory directory_;
    Json answers_;
};

std::vector<fs::path> inheritances() {
    std::vector<fs::path> packed;
    for (const auto& entry : fs::directory_iterator{UPGRADE_FIXTURES})
        if (entry.path().extension() == ".gz") packed.push_back(entry.path());
    std::ranges::sort(packed);
    return packed;
}

/// Members may have come since; none may be gone or another.
bool holds_all_of(const Json& now, const Json& then) {
    const auto* object = then.if_object();
    const auto* array = then.if_array();
    if (object)
        return std::ranges::all_of(*object, [&](const auto& member) {
            const auto* found = now.find(member.first);
            return found != nullptr && holds_all_of(*found, member.second);
        });
    if (array)
        return now.if_array() && std::ranges::equal(*now.if_array(), *array,
                                                    [](const auto& a, const auto& b) { return holds_all_of(a, b); });
    return same_value(now, then);
}

void check_same(World& world, const std::string& target, std::string_view member, const Json::Array& then) {
    INFO(target);
    const auto body = world.get(target).json();
    const auto* now = body.find(member);
    REQUIRE(now != nullptr);
    REQUIRE(now->if_array()->size() == then.size());
    for (std::size_t at = 0; at < then.size(); ++at) {
        INFO("then " << to_text(then[at]) << "\nnow  " << to_text(now->if_array()->at(at)));
        CHECK(holds_all_of(now->if_array()->at(at), then[at]));
    }
}

void check_verified(const std::string& data_dir) {
    const TemporaryDirectory output;
    const auto ran = run_to_end({STOCKCAST_PROGRAM, "verify"}, {{"DATA_DIR", data_dir}, {"LANG", "C"}}, output.path());
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
}

std::string format_version(const std::string& data_dir) {
    SystemRandom random;
    const auto store = open_rocks_store({.directory = data_dir}, random);
    return records::decode_text(store->get(Family::meta, keys::format_version).value().value()).value();
}

TEST_CASE("what an earlier version stored is served as it was, and gone on with", "[e2e][upgrade]") {
    REQUIRE_FALSE(inheritances().empty());
    for (const auto& packed : inheritances()) {
        INFO(packed);
        const Inheritance old{packed};
        check_verified(old.data_dir());
        World world{{.simulator = {"--products", "12"}, .server = old.served_alone()}};
        world.start_server();
        CHECK(world.epoch() == old.text("epoch"));
        CHECK(world.head() == old.number("seq"));
        check_same(world, "/api/products?limit=1000", "products", old.listed("products"));
        check_same(world, "/api/changes?limit=1000&since=" + old.text("since"), "changes", old.listed("changes"));
        check_same(world, "/api/webhooks/logs?limit=1000", "logs", old.listed("logs"));
        check_same(world, "/api/sync/logs?limit=1000", "logs", old.listed("sync"));

        if (!old.listed("audit").empty()) check_same(world, "/api/audit?limit=1000", "audit", old.listed("audit"));

        // A client of the earlier version resumes where it was.
        const auto position = old.number("seq") - 3;
        auto client = world.websocket("?since=" + std::to_string(position) + "&epoch=" + old.text("epoch"));
        REQUIRE(client.next_of("hello"));
        for (auto seq = position + 1; seq <= old.number("seq"); ++seq) {
            const auto change = client.next();
            REQUIRE(change);
            CHECK(text_of(*change, "seq") == std::to_string(seq));
        }
        CHECK(client.next_of("caught_up"));

        // SIIGO knows the address that the earlier version gave it.
        const auto address = "/api/webhooks/receive/" + old.text("secret");
        CHECK(world.post(address, Notification{.quantity = "77", .stock_updated = "2027-01-20T10:30:00Z"}.json(), "")
                  .status == 200);
        const auto next = client.next();
        REQUIRE(next);
        CHECK(text_of(*next, "seq") == std::to_string(old.number("seq") + 1));
        CHECK(world.stock("E2E-1") == "77");
        CHECK(world.stop_server() == 0);
        check_verified(old.data_dir());

        // And a sync goes on from its record of the past ones.
        world.start_server({{"SIIGO_ENABLED", "true"}, {"SYNC_INTERVAL", "1s"}});
        REQUIRE(world.wait_until_ready());
        CHECK(eventually([&] { return world.siigo_requests("GET /v1/products") > 0; }));
        CHECK(world.stop_server() == 0);
        CHECK(world.store_findings() == std::vector<std::string>{});
        CHECK(format_version(old.data_dir()) == "1");  // what the earlier version asks for when it is gone back to
    }
}

TEST_CASE("a future version's store is refused by the numbers of both formats, and left as it is", "[e2e][upgrade]") {
    const Inheritance old{inheritances().back()};
    {
        SystemRandom random;
        const auto store = open_rocks_store({.directory = old.data_dir()}, random);
        Batch batch;
        batch.put(Family::meta, std::string{keys::format_version}, records::encode_text("2"));
        REQUIRE(store->commit(batch));
    }
    for (const auto* command : {"serve", "verify"}) {
        const TemporaryDirectory output;
        auto environment = old.served_alone();
        environment.insert({{"PORT", "0"}, {"LANG", "C"}});
        const auto ran = run_to_end({STOCKCAST_PROGRAM, command}, environment, output.path());
        INFO(ran.output);
        CHECK(ran.exit_code == 1);
        CHECK(ran.output.find("store format 2; this program knows format 1") != std::string::npos);
    }
}

}  // namespace
}  // namespace stockcast::e2e
