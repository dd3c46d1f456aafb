#include "stockcast/sync/described_state.hpp"

#include "sync/state.hpp"

#include "stockcast/base/json.hpp"

namespace stockcast {
namespace {

void write_instant(JsonObjectWriter& out, std::string_view name, const std::optional<Instant>& at) {
    if (at)
        out.string(name, at->to_iso());
    else
        out.null(name);
}

Result<std::string> describe_state(std::string_view value) {
    const auto state = decode_sync_state(value);
    if (!state) return state.error();
    std::string json;
    JsonObjectWriter out{json};
    write_instant(out, "first_completed", state->first_completed);
    write_instant(out, "last_completed", state->last_completed);
    write_instant(out, "last_started", state->last_started);
    write_instant(out, "last_full_started", state->last_full_started);
    if (state->open_run.is_none())
        out.null("open_run");
    else
        out.string("open_run", state->open_run.to_string());
    out.boolean("suspects", state->suspects).close();
    return json;
}

Result<std::string> describe_suspects(std::string_view value) {
    const auto ids = decode_suspects(value);
    if (!ids) return ids.error();
    Json::Array products;
    for (const auto& id : *ids) products.emplace_back(id.to_string());
    Json::Object members;
    members.emplace_back("products", std::move(products));
    return to_text(Json{std::move(members)});
}

}  // namespace

Result<std::string> describe_sync_state(std::string_view name, std::string_view value) {
    if (name.ends_with("/state")) return describe_state(value);
    if (name.ends_with("/suspects")) return describe_suspects(value);
    return Errc::not_found;
}

}  // namespace stockcast
