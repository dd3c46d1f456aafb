// The store's values and keys. Any bytes: no crash; what is accepted can be written and read back the same.
// The first byte picks the decoder. The rest is tried as it stands, and once more with a version and a good checksum
// put round it, which a fuzzer would hardly ever find by itself.
#include "stockcast/store/records.hpp"

#include "stockcast/store/fields.hpp"
#include "stockcast/store/keys.hpp"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace stockcast;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

std::string sealed(std::string_view fields) {
    std::string value{'\1'};
    value += fields;
    auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(value.data()), value.size());
    for (int i = 0; i < 4; ++i, sum >>= 8) value += static_cast<char>(sum & 0xff);
    return value;
}

template <class Decode>
void check_value(Decode decode, std::string_view value) {
    const auto first = decode(value);
    if (!first) return;
    const auto written = records::encode(*first);
    const auto second = decode(written);
    demand(second.has_value());
    demand(records::encode(*second) == written);
    demand(damage_of(value, 1).empty());
}

void check_product(std::string_view value) {
    check_value(records::decode_product, value);
    if (const auto product = records::decode_product(value)) {
        demand(records::decode_product(records::encode(*product)).value() == *product);
    }
}

void check_change(std::string_view value) {
    check_value(records::decode_change, value);
    const auto change = records::decode_change(value);
    const auto event = records::decode_event(value);
    static_cast<void>(records::is_next(value, {}));
    if (change) {
        const auto before = change->hash.value_or(ChainHash{});
        auto chained = *change;
        const auto next = records::encode_next(chained, before);
        demand(records::is_next(next, before));
        demand(records::decode_change(next)->hash == chained.hash);
    }
    if (change && event) demand(records::decode_event(records::encode(*change)).value() == change->event);
}

void check_text(std::string_view value) {
    if (const auto text = records::decode_text(value)) {
        demand(records::decode_text(records::encode_text(*text)).value() == *text);
    }
}

void check_key(std::string_view key) {
    const auto company = keys::company_of(key);
    if (const auto seq = keys::seq_of(key)) demand(keys::change(*seq) == key);
    if (const auto id = keys::pending_product_of(key))
        demand(keys::pending_product_of(keys::pending_read("c", *id)).value() == *id);
    if (!company) return;
    const auto in = [&](const KeyRange& range) { return key >= range.from && (range.to.empty() || key < range.to); };
    demand(in(keys::company_range(*company)));
    if (const auto id = keys::product_id_of(key)) demand(keys::product(*company, *id) == key);
    if (const auto id = keys::log_id_of(key)) demand(keys::log(*company, *id) == key);
    if (const auto change = keys::product_change_of(key)) {
        demand(keys::product_change(*company, change->id, change->seq) == key);
        demand(in(keys::product_change_range(*company, change->id)));
    }
    if (const auto code = keys::product_code_of(key)) {
        demand(keys::product_code(*company, code->code, code->id) == key);
        demand(in(keys::product_code_range(*company, code->code)));
    }
}

void check(std::uint8_t which, std::string_view value) {
    switch (which % 8) {
        case 0: return check_product(value);
        case 1: return check_change(value);
        case 2: return check_value(records::decode_webhook_log, value);
        case 3: return check_value(records::decode_sync_log, value);
        case 4: return check_value(records::decode_subscription, value);
        case 5: return check_value(records::decode_pending_read, value);
        case 7: return check_value(records::decode_audit_entry, value);
        default: return check_text(value);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
    check(data[0], rest);
    check(data[0], sealed(rest));
    check_key(rest);
    return 0;
}
