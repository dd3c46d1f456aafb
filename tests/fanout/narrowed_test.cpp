// Narrowed clients: what they get, where their position is, and whom a change concerns.
#include "fanout/filter_index.hpp"
#include "fanout/fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;

namespace {

Filter filter(std::string_view lists) {
    auto parsed = Filter::parse(R"({"type":"subscribe",)" + std::string{lists} + "}");
    if (auto* complaint = std::get_if<std::string>(&parsed)) FAIL(*complaint);
    return std::get<Filter>(parsed);
}

/// Stands for a session: the index never looks into one.
Session& session(int& stand_in) {
    return reinterpret_cast<Session&>(stand_in);
}

PublishedChange change_of(ChangeType type, std::string code, std::vector<std::string> warehouses) {
    return {1, type, "main", {}, std::move(code), std::move(warehouses), {}};
}

}  // namespace

TEST_CASE("a change is shown to those alone whom it may concern", "[fanout][filter]") {
    FilterIndex index;
    std::map<std::string, std::pair<int, Filter>> all;
    for (const auto* lists :
         {R"("codes":["A","B"])", R"("codes":["A"],"types":["product_deleted"])", R"("codes":["C"])",
          R"("warehouses":["1270"])", R"("warehouses":[5],"types":["stock_updated"])",
          R"("types":["product_created","alert"])"}) {
        auto& [stand_in, its_filter] = all[lists];
        its_filter = filter(lists);
        index.add(session(stand_in), its_filter);
    }
    const auto shown = [&](const PublishedChange& change) {
        std::set<std::string> names;
        index.for_each_concerned(change, [&](Session& one) {
            for (auto& [name, entry] : all)
                if (&session(entry.first) == &one) names.insert(name);
        });
        return names;
    };
    using Names = std::set<std::string>;
    const std::string a_or_b = R"("codes":["A","B"])", deleted_a = R"("codes":["A"],"types":["product_deleted"])";
    const std::string north = R"("warehouses":["1270"])", south = R"("warehouses":[5],"types":["stock_updated"])";
    CHECK(shown(change_of(ChangeType::stock_updated, "A", {})) == Names{a_or_b, deleted_a});
    CHECK(shown(change_of(ChangeType::stock_updated, "B", {"1270", "\"5\""})) == Names{a_or_b, north, south});
    CHECK(shown(change_of(ChangeType::product_created, "Z", {})) == Names{R"("types":["product_created","alert"])"});
    CHECK(shown(change_of(ChangeType::stock_updated, "a", {"12"})).empty());

    for (auto& [name, entry] : all) index.remove(session(entry.first), entry.second);
    CHECK(index.is_empty());
}

TEST_CASE("an announcement and a change at once reach a narrowed client", "[fanout][filter]") {
    FanoutFixture on;
    auto& client = on.connect();
    client.say(R"({"type":"subscribe","codes":["A"]})");
    CHECK(client.heard() == "hello:0:epoch-1 subscribed:0");
    for (Seq seq = 1; seq <= 3; ++seq) {
        on.broadcaster.announce(R"({"type":"sync_completed"})");
        on.change(1, "A");
        CHECK(client.heard() == "sync_completed change:" + std::to_string(seq));
    }
}

TEST_CASE("a narrowed client's position is the head, whatever its filter held back", "[fanout][filter]") {
    FanoutFixture on;
    auto& client = on.connect();
    client.say(R"({"type":"subscribe","codes":["A"]})");
    CHECK(client.heard() == "hello:0:epoch-1 subscribed:0");
    on.change(3, "B");
    CHECK(client.heard().empty());
    on.change(1, "A");
    CHECK(client.heard() == "change:4");
    on.change(2, "B");
    on.advance(25s);
    CHECK(client.heard() == "heartbeat:6");
    REQUIRE(on.broadcaster.streams(0, 10).size() == 1);
    CHECK(on.broadcaster.streams(0, 10).front().behind == 0);

    client.say(R"({"type":"subscribe","codes":["B"]})");
    CHECK(client.heard() == "subscribed:6");
    on.change(1, "A");
    on.change(1, "B");
    CHECK(client.heard() == "change:8");
    client.say(R"({"type":"subscribe"})");
    CHECK(client.heard() == "subscribed:8");
    on.change(1, "Z");
    CHECK(client.heard() == "change:9");
}

TEST_CASE("changes of one publication reach a narrowed client once each, in order", "[fanout][filter]") {
    FanoutFixture on;
    on.wire = Wire::events;
    auto& both = on.connect_narrowed({}, filter(R"("warehouses":[1,2])"));
    auto& other = on.connect_narrowed({}, filter(R"("types":["product_deleted"])"));
    on.change(3, "A", {"1", "2"});
    on.change(2, "A", {"3"});
    on.change(1, "A", {"2"});
    CHECK(both.heard() == "hello:0:epoch-1 " + changes(1, 3) + " change:6");
    CHECK(other.heard() == "hello:0:epoch-1");
    on.broadcaster.announce(R"({"type":"alert","detail":"x"})");
    on.settle();
    CHECK(both.heard() == "alert");
    CHECK(other.heard().empty());
}

TEST_CASE("a narrowed client that does not read is served by its filter when it does", "[fanout][filter]") {
    BroadcasterSettings settings;
    settings.ring_bytes = 4'000;
    FanoutFixture on{settings};
    auto& client = on.connect({}, {}, /*capacity=*/100);
    client.say(R"({"type":"subscribe","codes":["A"]})");
    client.reads = false;
    std::string expected;
    for (int i = 0; i < 30; ++i) {
        on.change(1, "A");
        expected += "change:" + std::to_string(on.head) + (i < 29 ? " " : "");
        on.change(3, "B");
    }
    client.reads = true;
    std::string heard;
    for (int i = 0; i < 200; ++i) {
        if (const auto more = client.heard(); !more.empty()) heard += (heard.empty() ? "" : " ") + more;
        on.settle();
    }
    CHECK(heard == "hello:0:epoch-1 subscribed:0 " + expected);
}
