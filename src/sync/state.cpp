#include "sync/state.hpp"

#include "stockcast/store/fields.hpp"
#include "stockcast/store/keys.hpp"

#include <algorithm>
#include <array>

namespace stockcast {
namespace {

constexpr std::uint8_t form_version = 1;
constexpr std::size_t id_bytes = 16;

enum Tag : std::uint8_t {
    tag_first_completed = 1,
    tag_last_completed = 2,
    tag_last_started = 3,
    tag_last_full_started = 4,
    tag_open_run = 5,
    tag_suspects = 6,
    tag_suspect_ids = 1,
};

std::string_view text_of(const std::array<std::uint8_t, id_bytes>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::array<std::uint8_t, id_bytes> bytes_of(std::string_view text) {
    std::array<std::uint8_t, id_bytes> bytes{};
    std::copy_n(text.begin(), id_bytes, bytes.begin());
    return bytes;
}

Result<void> read_instant(const FieldReader::Raw& field, std::optional<Instant>& into) {
    auto value = FieldReader::instant(field);
    if (!value) return value.error();
    into = *value;
    return {};
}

Result<void> read_field(const FieldReader::Raw& field, SyncState& state) {
    switch (field.tag) {
        case tag_first_completed: return read_instant(field, state.first_completed);
        case tag_last_completed: return read_instant(field, state.last_completed);
        case tag_last_started: return read_instant(field, state.last_started);
        case tag_last_full_started: return read_instant(field, state.last_full_started);
        case tag_open_run:
            if (field.bytes.size() != id_bytes) return Errc::store_damaged;
            state.open_run = LogId::from_bytes(bytes_of(field.bytes));
            return {};
        case tag_suspects: state.suspects = true; return {};
        default: return {};
    }
}

}  // namespace

std::string encode(const SyncState& state) {
    FieldWriter out{form_version};
    if (state.first_completed) out.instant(tag_first_completed, *state.first_completed);
    if (state.last_completed) out.instant(tag_last_completed, *state.last_completed);
    if (state.last_started) out.instant(tag_last_started, *state.last_started);
    if (state.last_full_started) out.instant(tag_last_full_started, *state.last_full_started);
    if (!state.open_run.is_none()) out.text(tag_open_run, text_of(state.open_run.bytes()));
    if (state.suspects) out.number(tag_suspects, 1);
    return out.finish();
}

Result<SyncState> decode_sync_state(std::string_view value) {
    auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    SyncState state;
    for (;;) {
        auto field = reader->next();
        if (!field) return field.error();
        if (!*field) return state;
        if (auto read = read_field(**field, state); !read) return read.error();
    }
}

std::string suspects_key(std::string_view company) {
    return keys::sync_state(company) + "/suspects";
}

std::string encode_suspects(const std::vector<ProductId>& ids) {
    std::string all;
    all.reserve(ids.size() * id_bytes);
    for (const auto& id : ids) all += text_of(id.bytes());
    FieldWriter out{form_version};
    out.text(tag_suspect_ids, all);
    return out.finish();
}

Result<std::vector<ProductId>> decode_suspects(std::string_view value) {
    auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    std::vector<ProductId> ids;
    for (;;) {
        auto field = reader->next();
        if (!field) return field.error();
        if (!*field) return ids;
        if ((*field)->tag != tag_suspect_ids) continue;
        const auto all = (*field)->bytes;
        if (all.size() % id_bytes != 0) return Errc::store_damaged;
        for (std::size_t at = 0; at < all.size(); at += id_bytes)
            ids.push_back(ProductId::from_bytes(bytes_of(all.substr(at, id_bytes))));
    }
}

}  // namespace stockcast
