// /metrics of the live server after some of everything has happened: what Prometheus takes, and what it should say.
#include "e2e/event_stream.hpp"
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <set>
#include <sstream>

namespace stockcast::e2e {
namespace {

struct Sample {
    std::string name;
    std::string labels;
    double value = 0;
};

struct Family {
    std::string help;
    std::string type;
    std::vector<Sample> samples;
};

/// The text format 0.0.4, strictly: HELP, TYPE, then that family's samples. What is amiss is said in `findings`.
std::map<std::string, Family> parsed(const std::string& text, std::vector<std::string>& findings) {
    std::map<std::string, Family> families;
    std::string current;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# HELP ")) {
            current = line.substr(7, line.find(' ', 7) - 7);
            if (families.contains(current)) findings.push_back("twice: " + current);
            families[current].help = line.substr(std::min(line.size(), 8 + current.size()));
        } else if (line.starts_with("# TYPE ")) {
            if (line.substr(7, current.size()) != current) findings.push_back("TYPE without HELP: " + line);
            families[current].type = line.substr(8 + current.size());
        } else {
            const auto brace = line.find('{');
            const auto space = line.rfind(' ');
            Sample sample;
            sample.name = line.substr(0, std::min(brace, space));
            if (brace < space) sample.labels = line.substr(brace + 1, space - brace - 2);
            sample.value = std::strtod(line.c_str() + space, nullptr);
            if (!sample.name.starts_with(current)) findings.push_back("a sample away from its family: " + line);
            families[current].samples.push_back(std::move(sample));
        }
    }
    return families;
}

/// What `promtool check metrics` and Prometheus's naming conventions ask.
void lint(const std::string& name, const Family& family, std::vector<std::string>& findings) {
    if (family.help.empty()) findings.push_back("no help: " + name);
    if ((family.type == "counter") != name.ends_with("_total"))
        findings.push_back("_total is for counters, and for all of them: " + name);
    if (family.type != "counter" && family.type != "gauge" && family.type != "histogram")
        findings.push_back("no type: " + name);
    for (const auto* unit : {"milliseconds", "_ms", "minutes", "hours", "kilobytes", "_mib", "percent"})
        if (name.find(unit) != std::string::npos) findings.push_back("no base unit: " + name);
    std::set<std::string> seen;
    std::map<std::string, double>
        buckets;  // the last one's count by the labels without `le`, which grows within a series
    for (const auto& [sample, labels, value] : family.samples) {
        if (!seen.insert(sample + labels).second) findings.push_back("twice: " + sample + "{" + labels + "}");
        if (std::isnan(value)) findings.push_back("no number: " + sample);
        if (sample.ends_with("_bucket")) {
            auto& before = buckets[labels.substr(0, labels.find("le=\""))];
            if (value < before) findings.push_back("not cumulative: " + sample + "{" + labels + "}");
            before = value;
        } else if (sample.ends_with("_count") && buckets[labels.empty() ? "" : labels + ","] != value) {
            findings.push_back("not the sum of its buckets: " + sample + "{" + labels + "}");
        }
    }
}

double value_of(const std::map<std::string, Family>& families, const std::string& family, const std::string& sample,
                const std::string& labels = "") {
    const auto at = families.find(family);
    if (at == families.end()) return std::nan("");
    for (const auto& one : at->second.samples)
        if (one.name == sample && one.labels == labels) return one.value;
    return std::nan("");
}

TEST_CASE("metrics follow Prometheus's conventions and count what happened", "[e2e]") {
    World world;
    world.start_server();
    REQUIRE(world.wait_until_ready());
    auto client = world.websocket();
    EventStream events{world.port(), "/api/events", {.fields = {{"Authorization", "Bearer " + World::viewer_token()}}}};
    REQUIRE(client.next_of("hello"));
    REQUIRE(events.next_of("hello"));
    world.notify_in_turn(10, 15);
    CHECK(world.notify("{}").status == 422);
    REQUIRE(client.next_of("stock_updated"));
    CHECK(world.websocket("?since=1&epoch=another").next_of("reset"));
    CHECK(world.get("/nothing", "").status == 404);
    const auto answer = world.get("/metrics", "");
    CHECK(answer.status == 200);
    CHECK(answer.fields.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");

    std::vector<std::string> findings;
    const auto families = parsed(answer.body, findings);
    for (const auto& [name, family] : families) lint(name, family, findings);
    CHECK(findings == std::vector<std::string>{});

    const auto is = [&](const std::string& family, const std::string& sample, const std::string& labels = "") {
        return value_of(families, family, sample, labels);
    };
    const auto same = [&](const std::string& name, const std::string& labels = "") { return is(name, name, labels); };
    CHECK(is("stockcast_webhook_durable_seconds", "stockcast_webhook_durable_seconds_count") == 5);
    CHECK(is("stockcast_webhook_answered_seconds", "stockcast_webhook_answered_seconds_count") == 5);
    CHECK(same("stockcast_webhooks_total") == 6);
    CHECK(same("stockcast_webhooks_processed_total") == 5);
    CHECK(same("stockcast_http_requests_total", R"(method="POST",route="/api/webhooks/receive/{secret}",code="4xx")") ==
          1);
    CHECK(same("stockcast_http_requests_total", R"(method="",route="unmatched",code="4xx")") == 1);
    CHECK(same("stockcast_siigo_requests_total", R"(outcome="good")") > 1);
    CHECK(same("stockcast_siigo_state", R"(state="healthy")") == 1);
    CHECK(same("stockcast_siigo_quota_left_requests") < same("stockcast_siigo_quota_requests"));
    CHECK(same("stockcast_siigo_failure_ratio") == 0);
    CHECK(is("stockcast_ledger_commit_seconds", "stockcast_ledger_commit_seconds_count") > 5);
    CHECK(is("stockcast_ledger_batch_submissions", "stockcast_ledger_batch_submissions_sum") >= 6);
    CHECK(same("stockcast_ledger_head") == static_cast<double>(world.head()));
    CHECK(same("stockcast_store_writable") == 1);
    CHECK(same("stockcast_sync_runs_total", R"(kind="full",outcome="completed")") >= 1);
    CHECK(same("stockcast_disk_free_bytes") > 0);
    CHECK(same("stockcast_stream_clients", R"(transport="websocket")") >= 1);
    CHECK(same("stockcast_stream_clients", R"(transport="events")") == 1);
    CHECK(same("stockcast_stream_clients", R"(transport="waiting")") == 0);
    CHECK(is("stockcast_stream_sent_seconds", "stockcast_stream_sent_seconds_count") >= 1);
    CHECK(same("stockcast_stream_sent_changes_total", R"(transport="events")") >= 1);
    CHECK(same("stockcast_stream_ring_bytes", R"(transport="websocket")") > 100);
    CHECK(same("stockcast_stream_resets_total", R"(transport="websocket",reason="other_epoch")") == 1);
    CHECK(same("stockcast_stream_closed_total", R"(transport="websocket",reason="slow")") == 0);
    CHECK(same("stockcast_stream_lag_changes") == 0);
    CHECK(same("stockcast_alerts_active", R"(kind="store_trouble")") == 0);
    CHECK(same("process_resident_memory_bytes") > 1e6);
    CHECK(same("process_open_fds") > 5);

    // Nothing of what the shop has stands in a label.
    CHECK(answer.body.find("E2E-1") == std::string::npos);
    CHECK(answer.body.find("127.0.0.1") == std::string::npos);
    CHECK(world.stop_server() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
