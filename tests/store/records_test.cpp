#include "stockcast/store/records.hpp"

#include "store/sample_records.hpp"

#include "stockcast/store/fields.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <tuple>

using namespace stockcast;
using namespace stockcast::test;

namespace {

// WebhookLog, SyncLog and Change have no comparison of their own; these take in every member.
auto members(const WebhookLog& log) {
    return std::tie(log.id, log.company, log.source, log.received_at, log.topic, log.company_key, log.product,
                    log.product_code, log.result, log.processed, log.old_stock, log.new_stock, log.error, log.payload,
                    log.reprocess_of);
}
auto members(const SyncLog& log) {
    return std::tie(log.id, log.company, log.kind, log.source, log.outcome, log.started_at, log.finished_at, log.pages,
                    log.requests, log.seen, log.created, log.updated, log.deleted, log.unannounced, log.error);
}
auto members(const Change& change) {
    return std::tie(change.seq, change.type, change.source, change.cause, change.recorded_at, change.product,
                    change.old_stock, change.warehouses, change.changed);
}

/// Every kind of value, encoded, with its decoder: is it taken?
struct Sample {
    std::string value;
    std::function<bool(std::string_view)> is_taken;
};

template <class Value, class Decode>
void add(std::vector<Sample>& samples, const std::vector<Value>& values, Decode decode) {
    for (const auto& value : values) {
        samples.push_back({records::encode(value), [decode](std::string_view v) { return decode(v).has_value(); }});
    }
}

std::vector<Sample> all_samples() {
    std::vector<Sample> samples;
    add(samples, sample_products(), records::decode_product);
    add(samples, sample_changes(), records::decode_change);
    add(samples, sample_changes(), records::decode_event);
    add(samples, sample_webhook_logs(), records::decode_webhook_log);
    add(samples, sample_sync_logs(), records::decode_sync_log);
    add(samples, sample_subscriptions(), records::decode_subscription);
    add(samples, sample_audit(), records::decode_audit_entry);
    add(samples, std::vector{PendingRead{}, PendingRead{at("10:30"), 4}}, records::decode_pending_read);
    samples.push_back(
        {records::encode_text("secret"), [](std::string_view v) { return records::decode_text(v).has_value(); }});
    return samples;
}

/// The same value with a field more, and a good checksum again.
std::string with_field(std::string_view value, std::uint8_t tag, std::string_view bytes, std::uint8_t version) {
    FieldWriter out{version};
    auto reader = FieldReader::open(value, 255).value();
    out.text(tag, bytes);
    while (const auto field = reader.next().value()) out.text(field->tag, field->bytes);
    return out.finish();
}

}  // namespace

TEST_CASE("a product comes back as it was written", "[store][records]") {
    for (const auto& written : sample_products()) {
        const auto read = records::decode_product(records::encode(written)).value();
        CHECK(read == written);
    }
}

TEST_CASE("an entry of the audit trail comes back as it was written", "[store][records]") {
    for (const auto& written : sample_audit())
        CHECK(records::decode_audit_entry(records::encode(written)).value() == written);
}

TEST_CASE("a change comes back with what its type keeps, and its event byte for byte", "[store][records]") {
    for (const auto& written : sample_changes()) {
        const auto value = records::encode(written);
        const auto read = records::decode_change(value).value();
        CHECK(members(read.change) == members(written.change));
        CHECK(read.event == written.event);
        CHECK(records::decode_event(value).value() == written.event);
    }
}

TEST_CASE("a change keeps its tally, and one from before there were any has none", "[store][records]") {
    auto written = stock_change();
    CHECK(records::decode_change(records::encode(written))->change.tally == Tally{});
    written.change.tally = {.announced = 300, .unannounced = 2, .last_unannounced = written.change.seq};
    const auto read = records::decode_change(records::encode(written)).value().change;
    CHECK(read.tally == written.change.tally);
    CHECK(read.is_unannounced());
}

TEST_CASE("a change carries the hash that follows from the one before, and from every one of its bytes",
          "[store][records]") {
    const auto before = ChainHash{}.followed_by("the change before");
    for (auto written : sample_changes()) {
        const auto value = records::encode_next(written, before);
        const auto read = records::decode_change(value).value();
        CHECK(read.hash == written.hash);
        CHECK(members(read.change) == members(written.change));
        CHECK(records::encode(read) == value);
        CHECK(records::is_next(value, before));
        CHECK_FALSE(records::is_next(value, ChainHash{}));

        std::size_t unnoticed = 0;
        for (std::size_t at = 0; at + field_bytes::checksum_size < value.size(); ++at) {
            auto altered = value;
            altered[at] = static_cast<char>(altered[at] ^ 1);
            unnoticed += records::is_next(altered, before) ? 1 : 0;
        }
        CHECK(unnoticed == 0);
    }
}

TEST_CASE("a change that an earlier version recorded has no hash", "[store][records]") {
    const auto value = records::encode(stock_change());
    CHECK_FALSE(records::decode_change(value)->hash);
    CHECK_FALSE(records::is_next(value, ChainHash{}));
    CHECK_FALSE(records::is_next("", ChainHash{}));
}

TEST_CASE("a change of stock keeps the figures and leaves the product's other members out", "[store][records]") {
    auto written = stock_change();
    written.change.product.properties = std::string(10'000, ' ');
    const auto value = records::encode(written);
    CHECK(value.size() < 1'000);
    const auto read = records::decode_change(value).value().change.product;
    CHECK(read.available == written.change.product.available);
    CHECK(read.warehouses == written.change.product.warehouses);
    CHECK(read.properties == "{}");
}

TEST_CASE("log entries, subscriptions, owed reads and texts come back as they were written", "[store][records]") {
    for (const auto& written : sample_webhook_logs()) {
        const auto read = records::decode_webhook_log(records::encode(written)).value();
        CHECK(members(read) == members(written));
    }
    for (const auto& written : sample_sync_logs()) {
        const auto read = records::decode_sync_log(records::encode(written)).value();
        CHECK(members(read) == members(written));
    }
    for (const auto& written : sample_subscriptions()) {
        CHECK(records::decode_subscription(records::encode(written)).value() == written);
    }
    const PendingRead owed{at("10:30"), 4};
    CHECK(records::decode_pending_read(records::encode(owed)).value() == owed);
    for (const std::string& text : {std::string{}, std::string{"1"}, std::string{"a\0b", 3}}) {
        CHECK(records::decode_text(records::encode_text(text)).value() == text);
    }
}

TEST_CASE("every single flipped bit of a value is noticed", "[store][records]") {
    for (const auto& sample : all_samples()) {
        REQUIRE(sample.is_taken(sample.value));
        std::size_t unnoticed = 0;
        for (std::size_t bit = 0; bit < sample.value.size() * 8; ++bit) {
            auto flipped = sample.value;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            unnoticed += sample.is_taken(flipped) ? 1 : 0;
        }
        CHECK(unnoticed == 0);
    }
}

TEST_CASE("a value cut short or grown is noticed", "[store][records]") {
    for (const auto& sample : all_samples()) {
        for (std::size_t size = 0; size < sample.value.size(); ++size) {
            CHECK_FALSE(sample.is_taken(std::string_view{sample.value}.substr(0, size)));
        }
        CHECK_FALSE(sample.is_taken(sample.value + '\0'));
    }
}

TEST_CASE("a field that this version doesn't know is skipped", "[store][records]") {
    for (const auto& sample : all_samples())
        CHECK(sample.is_taken(with_field(sample.value, 200, "from the future", 1)));

    const auto written = full_product();
    const auto read = records::decode_product(with_field(records::encode(written), 200, "from the future", 1));
    CHECK(read.value() == written);
}

TEST_CASE("a value in a newer form is refused by its version's name", "[store][records]") {
    for (const auto& sample : all_samples()) {
        const auto newer = with_field(sample.value, 200, "", 2);
        CHECK_FALSE(sample.is_taken(newer));
        CHECK(damage_of(newer, 1) == "form version 2 is not known: this program reads 1 to 1");
    }
}

TEST_CASE("a good checksum round a bad field is damage all the same", "[store][records]") {
    const auto product_with = [](std::uint8_t tag, std::string_view bytes) {
        return records::decode_product(with_field(records::encode(product().build()), tag, bytes, 1));
    };
    CHECK(product_with(2, "short").error() == Errc::store_damaged);                  // id
    CHECK(product_with(3, std::string(9, '\1')).error() == Errc::store_damaged);     // number
    CHECK(product_with(7, "12,5").error() == Errc::store_damaged);                   // quantity
    CHECK(product_with(10, std::string(8, '\xff')).error() == Errc::store_damaged);  // a time past the year 9999
    CHECK(product_with(8, "\1\x7f").error() == Errc::store_damaged);                 // a warehouse cut short
    CHECK(records::decode_product(records::encode_text("")).error() == Errc::store_damaged);  // no id at all

    const auto short_hash = with_field(records::encode(stock_change()), 14, "short", 1);
    CHECK(records::decode_change(short_hash).error() == Errc::store_damaged);
    const auto unknown_type = with_field(records::encode(stock_change()), 3, "\x09", 1);
    CHECK(records::decode_change(unknown_type).error() == Errc::store_damaged);
}

TEST_CASE("what is wrong with a value is said", "[store][records]") {
    const auto value = records::encode_text("x");
    CHECK(damage_of(value, 1).empty());
    CHECK(damage_of("", 1) == "cut short: 0 bytes");
    CHECK(damage_of(value.substr(1), 1) == "checksum differs");
    CHECK(damage_of(FieldWriter{0}.finish(), 1) == "form version 0 is not known: this program reads 1 to 1");
}

TEST_CASE("numbers, signed numbers and instants keep their whole range", "[store][records]") {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{256}, ~std::uint64_t{0}}) {
        const auto value = FieldWriter{1}.number(1, number).finish();
        const auto field = FieldReader::open(value, 1).value().next().value();
        CHECK(FieldReader::number(field.value()).value() == number);
    }
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
        const auto value = FieldWriter{1}.signed_number(1, number).finish();
        const auto field = FieldReader::open(value, 1).value().next().value();
        CHECK(FieldReader::signed_number(field.value()).value() == number);
    }
}
