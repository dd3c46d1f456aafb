#include "stockcast_dump_parts.hpp"

#include "stockcast/ledger/step.hpp"
#include "stockcast/siigo/journal.hpp"
#include "stockcast/store/floors.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/sync/described_state.hpp"

namespace stockcast::dump {
namespace {

constexpr std::string_view masked = "***";

/// The last part of our address is the secret (interface.md, WEBHOOK_SECRET).
std::string without_secret(const std::string& url) {
    const auto slash = url.rfind('/');
    return slash == std::string::npos ? std::string{masked} : url.substr(0, slash + 1) + std::string{masked};
}

std::string ledger_json(const LedgerState& state) {
    std::string out;
    JsonObjectWriter writer{out};
    write_count(writer, "head", state.head);
    writer.string("head_hash", state.head_hash.to_hex());
    write_count(writer, "chained_from", state.chained_from);
    write_count(writer, "oldest", state.oldest);
    write_count(writer, "ticks", state.ticks);
    write_count(writer, "next_number", state.next_number);
    write_count(writer, "products", state.counters.products);
    write_count(writer, "synced_products", state.counters.synced_products);
    write_count(writer, "stocked_products", state.counters.stocked_products);
    writer.raw("stock_sum", state.counters.stock_sum.to_string());
    write_count(writer, "webhooks", state.counters.webhooks);
    write_count(writer, "webhooks_processed", state.counters.webhooks_processed);
    writer.close();
    return out;
}

Result<std::string> floors_json(std::string_view value) {
    const auto floors = decode_floors(value);
    if (!floors) return floors.error();
    std::string out;
    JsonObjectWriter writer{out};
    write_count(writer, "changes", floors->changes);
    write_instant(writer, "changes_until", floors->changes_until);
    writer.string("changes_hash", floors->changes_hash.to_hex());
    writer.string("logs", floors->logs.to_string()).string("audit", floors->audit.to_string()).close();
    return out;
}

Result<std::string> anchor_json(std::string_view value) {
    const auto product = records::decode_product(value);
    if (!product) return product.error();
    std::string out;
    write_product_json(out, *product);
    return out;
}

Result<std::string> meta_json(std::string_view name, std::string_view value) {
    std::string out;
    const bool is_secret = name == keys::webhook_secret || name == keys::former_webhook_secret;
    if (is_secret || name == keys::epoch || name == keys::format_version) {
        const auto text = records::decode_text(value);
        if (!text) return text.error();
        write_json_string(out, is_secret ? masked : std::string_view{*text});
        return out;
    }
    if (name == keys::ledger_state) {
        const auto state = decode_ledger_state(value);
        if (!state) return state.error();
        return ledger_json(*state);
    }
    if (name.starts_with("pending/")) {
        const auto pending = records::decode_pending_read(value);
        if (!pending) return pending.error();
        JsonObjectWriter writer{out};
        write_instant(writer, "due", pending->due);
        write_count(writer, "asked", pending->asked);
        writer.close();
        return out;
    }
    if (name.starts_with(keys::anchors)) return anchor_json(value);
    if (name == keys::floors) return floors_json(value);
    if (name.starts_with("siigo/") && name.ends_with("/state")) return siigo::describe_journal(value);
    if (name.starts_with("sync/")) {
        auto described = describe_sync_state(name, value);
        if (described || described.error() != Errc::not_found) return described;
    }
    // A later version's, perhaps a secret: its size alone.
    JsonObjectWriter writer{out};
    write_count(writer, "bytes", value.size());
    writer.close();
    return out;
}

}  // namespace

Result<void> write_subscription(std::string& out, std::string_view key, std::string_view value) {
    const auto company = keys::company_of(key);
    const auto subscription = records::decode_subscription(value);
    if (!company || !subscription) return Errc::store_damaged;
    std::string members;
    JsonObjectWriter writer{members};
    writer.string("company", *company)
        .string("id", subscription->id)
        .string("application_id", subscription->application_id)
        .string("topic", subscription->topic)
        .string("url", without_secret(subscription->url))
        .string("company_key", subscription->company_key)
        .boolean("active", subscription->active)
        .string("created_at", subscription->created_at)
        .close();
    append_members(out, members);
    return {};
}

Result<void> write_audit(std::string& out, std::string_view, std::string_view value) {
    const auto entry = records::decode_audit_entry(value);
    if (!entry) return entry.error();
    std::string shown;
    write_audit_json(shown, *entry);
    append_members(out, shown);
    return {};
}

Result<void> write_meta(std::string& out, std::string_view key, std::string_view value) {
    const auto shown = meta_json(key, value);
    if (!shown) return shown.error();
    std::string members;
    JsonObjectWriter writer{members};
    writer.string("name", key).raw("value", *shown).close();
    append_members(out, members);
    return {};
}

}  // namespace stockcast::dump
