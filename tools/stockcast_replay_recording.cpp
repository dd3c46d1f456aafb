#include "stockcast_replay.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

namespace stockcast::replay {
namespace {

// A payload of 1 MiB, each byte escaped to six, and the members beside it.
constexpr std::size_t line_bytes_max = 8u << 20;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what);
}

/// When it was received, its id (which orders those of one moment), and where it is.
template <class Place>
struct Entry {
    Instant received_at;
    LogId id;
    Place place;
};

template <class Place>
void sort_oldest_first(std::vector<Entry<Place>>& entries) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return std::tie(a.received_at, a.id) < std::tie(b.received_at, b.id);
    });
}

std::string text_of(const Json& line, std::string_view name) {
    const auto* value = line.find(name);
    return value && value->if_string() ? *value->if_string() : std::string{};
}

std::string decode_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        if (c == '=') break;
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) fail("payload_base64 is no base64");
        bits = (bits << 6U | static_cast<std::uint32_t>(digit)) & 0xFFFFFFU;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xFFU);
    }
    return out;
}

std::string payload_of(const Json& line) {
    const auto* payload = line.find("payload");
    if (payload && payload->if_string()) return *payload->if_string();
    if (line.find("payload_base64")) return decode_base64(text_of(line, "payload_base64"));
    // The API nests a payload that is JSON, and so has lost its original bytes.
    fail("no payload with its original bytes: is this the output of stockcast-dump?");
}

/// What of a line the filter looks at; absent when it is of another family.
std::optional<WebhookLog> webhook_of(const Json& line) {
    if (text_of(line, "family") != to_string(Family::webhook_logs)) return std::nullopt;
    const auto id = LogId::parse(text_of(line, "id"));
    const auto received_at = Instant::parse(text_of(line, "received_at"));
    if (!id || !received_at) fail("a webhook log without id or received_at");
    WebhookLog log;
    log.id = *id;
    log.received_at = *received_at;
    log.topic = text_of(line, "topic");
    log.product_code = text_of(line, "product_code");
    if (const auto product = ProductId::parse(text_of(line, "product_id"))) log.product = *product;
    if (text_of(line, "source") == to_string(Source::test)) log.source = Source::test;
    if (const auto original = LogId::parse(text_of(line, "reprocess_of"))) log.reprocess_of = *original;
    return log;
}

class DumpRecording final : public Recording {
public:
    DumpRecording(const std::string& file, const Filter& filter) : in_(file, std::ios::binary) {
        if (!in_) fail(file + " can't be read");
        std::string line;
        std::uint64_t number = 0;
        for (auto at = in_.tellg(); std::getline(in_, line); at = in_.tellg()) {
            ++number;
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            try {
                const auto log = webhook_of(parse(line));
                if (log && filter.admits(*log)) entries_.push_back({log->received_at, log->id, at});
            } catch (const std::runtime_error& error) {
                fail(file + ", line " + std::to_string(number) + ": " + error.what());
            }
        }
        if (in_.bad()) fail(file + " can't be read");
        in_.clear();
        sort_oldest_first(entries_);
    }

    std::size_t size() const override { return entries_.size(); }

    Recorded at(std::size_t index) override {
        std::string line;
        in_.seekg(entries_[index].place);
        if (!std::getline(in_, line)) fail("the dump has become shorter");
        return {entries_[index].received_at, payload_of(parse(line))};
    }

private:
    static Json parse(const std::string& line) {
        auto json = parse_json(line, {.depth = 64, .bytes = line_bytes_max});
        if (!json) fail("no JSON object");
        return std::move(*json);
    }

    std::ifstream in_;
    std::vector<Entry<std::ifstream::pos_type>> entries_;
};

class StoreRecording final : public Recording {
public:
    StoreRecording(const Store& store, const Filter& filter) : snapshot_(store.snapshot()) {
        const auto look = [&](std::string_view key, std::string_view value) {
            const auto log = records::decode_webhook_log(value);
            if (!log) fail("a webhook log in the store is damaged");
            if (filter.admits(*log)) entries_.push_back({log->received_at, log->id, std::string{key}});
            return true;
        };
        const auto scanned = snapshot_->scan(Family::webhook_logs, {}, Direction::ascending, look);
        if (!scanned) fail("the store can't be read: " + scanned.error().message());
        sort_oldest_first(entries_);
    }

    std::size_t size() const override { return entries_.size(); }

    Recorded at(std::size_t index) override {
        const auto value = snapshot_->get(Family::webhook_logs, entries_[index].place);
        if (!value || !*value) fail("the store can't be read");
        auto log = records::decode_webhook_log(**value);
        if (!log) fail("a webhook log in the store is damaged");
        return {log->received_at, std::move(log->payload)};
    }

private:
    std::unique_ptr<Snapshot> snapshot_;
    std::vector<Entry<std::string>> entries_;
};

}  // namespace

bool Filter::admits(const WebhookLog& log) const {
    if (log.source == Source::test || !log.reprocess_of.is_none()) return false;
    if ((from && log.received_at < *from) || (to && log.received_at > *to)) return false;
    if (!topic.empty() && log.topic != topic && !log.topic.ends_with('.' + topic)) return false;
    if (product.empty() || log.product_code == product) return true;
    const auto id = ProductId::parse(product);
    return id && log.product == *id;
}

std::unique_ptr<Recording> open_dump(const std::string& file, const Filter& filter) {
    return std::make_unique<DumpRecording>(file, filter);
}

std::unique_ptr<Recording> open_store(const Store& store, const Filter& filter) {
    return std::make_unique<StoreRecording>(store, filter);
}

}  // namespace stockcast::replay
