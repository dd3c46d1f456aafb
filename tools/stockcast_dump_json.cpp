#include "stockcast_dump.hpp"
#include "stockcast_dump_parts.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/model/product.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <openssl/evp.h>

#include <array>
#include <utility>

namespace stockcast::dump {
namespace {

/// A replay needs the bytes as they came. A JSON string carries any valid UTF-8; the rest goes in base 64 (RFC 4648
/// §4).
bool is_utf8(std::string_view text) {
    std::string quoted;
    write_json_string(quoted, text);
    const auto back = parse_json(quoted, {.bytes = quoted.size()});
    return back && *back->if_string() == text;
}

std::string base64_of(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const auto size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

void write_register(JsonObjectWriter& out, std::string_view name, const Register& held) {
    JsonObjectWriter inner{out.open(name)};
    write_instant(inner, "stamp", held.stamp);
    write_count(inner, "seen", held.seen);
    inner.string("seen_at", held.seen_at.to_iso());
    inner.close();
}

Result<void> write_product(std::string& out, std::string_view, std::string_view value) {
    const auto product = records::decode_product(value);
    if (!product) return product.error();
    std::string shown;
    write_product_json(shown, *product);
    append_members(out, shown);

    std::string held;
    JsonObjectWriter more{held};
    more.string("changed_at", product->changed_at.to_iso()).boolean("made_up", product->made_up);
    write_register(more, "stock_register", product->stock_register);
    write_register(more, "property_register", product->property_register);
    write_register(more, "existence_register", product->existence_register);
    if (product->pending) write_instant(more, "pending_read_due", product->pending->due);
    more.close();
    append_members(out, held);
    return {};
}

Result<void> write_product_code(std::string& out, std::string_view key, std::string_view) {
    const auto company = keys::company_of(key);
    const auto code = keys::product_code_of(key);
    if (!company || !code) return Errc::store_damaged;
    std::string members;
    JsonObjectWriter writer{members};
    writer.string("company", *company).string("code", code->code).string("product_id", code->id.to_string()).close();
    append_members(out, members);
    return {};
}

Result<void> write_change(std::string& out, std::string_view, std::string_view value) {
    const auto event = records::decode_event(value);
    if (!event) return event.error();
    if (event->size() < 2) return Errc::store_damaged;
    append_members(out, *event);
    return {};
}

Result<void> write_product_change(std::string& out, std::string_view key, std::string_view) {
    const auto company = keys::company_of(key);
    const auto change = keys::product_change_of(key);
    if (!company || !change) return Errc::store_damaged;
    std::string members;
    JsonObjectWriter writer{members};
    writer.string("company", *company).string("product_id", change->id.to_string());
    write_count(writer, "seq", change->seq);
    writer.close();
    append_members(out, members);
    return {};
}

Result<void> write_webhook_log(std::string& out, std::string_view, std::string_view value) {
    auto log = records::decode_webhook_log(value);
    if (!log) return log.error();
    const auto payload = std::exchange(log->payload, {});
    std::string shown;
    write_webhook_log_json(shown, *log);
    auto members = parse_json(shown, {.bytes = shown.size()});
    if (!members) return Errc::store_damaged;

    // As a string, where the API nests it: nesting would rewrite its white space.
    members->set("payload", is_utf8(payload) ? Json{payload} : Json{});
    if (!is_utf8(payload)) members->set("payload_base64", Json{base64_of(payload)});
    append_members(out, to_text(*members));
    return {};
}

Result<void> write_sync_log(std::string& out, std::string_view, std::string_view value) {
    const auto log = records::decode_sync_log(value);
    if (!log) return log.error();
    std::string shown;
    write_sync_log_json(shown, *log);
    append_members(out, shown);
    return {};
}

using Write = Result<void> (*)(std::string& out, std::string_view key, std::string_view value);
constexpr std::array<Write, family_count> writers{write_product,        write_product_code, write_change,
                                                  write_product_change, write_webhook_log,  write_sync_log,
                                                  write_subscription,   write_audit,        write_meta};

}  // namespace

void write_count(JsonObjectWriter& out, std::string_view name, std::uint64_t value) {
    out.raw(name, std::to_string(value));
}

void write_instant(JsonObjectWriter& out, std::string_view name, const std::optional<Instant>& value) {
    if (value)
        out.string(name, value->to_iso());
    else
        out.null(name);
}

void append_members(std::string& out, std::string_view object) {
    const auto members = object.substr(1, object.size() - 2);
    if (members.empty()) return;
    out += ',';
    out += members;
}

Result<std::string> entry_json(Family family, std::string_view key, std::string_view value) {
    std::string out = R"({"family":)";
    write_json_string(out, to_string(family));
    const auto written = writers[static_cast<std::size_t>(family)](out, key, value);
    if (!written) return written.error();
    out += '}';
    if (out.find_first_of("\r\n") == std::string::npos) return out;

    // SIIGO's own members are kept as it wrote them, perhaps over several lines; a line of JSON Lines is one.
    const auto whole = parse_json(out, {.depth = 64, .bytes = out.size()});
    if (!whole) return Errc::store_damaged;
    return to_text(*whole);
}

}  // namespace stockcast::dump
