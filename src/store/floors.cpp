#include "stockcast/store/floors.hpp"

#include "store/record_parts.hpp"

#include "stockcast/store/keys.hpp"

namespace stockcast {
namespace {

// Numbers on disk: never given to another meaning.
namespace tag {
enum : std::uint8_t { changes = 1, changes_until, logs, audit, changes_hash };
}

constexpr std::size_t seq_size = 8;
constexpr std::size_t log_id_size = 16;

/// How many bytes at a key's end are what the floor is compared with.
std::size_t place_size(Family family) {
    switch (family) {
        case Family::changes:
        case Family::product_changes: return seq_size;
        case Family::webhook_logs:
        case Family::sync_logs:
        case Family::audit: return log_id_size;
        case Family::products:
        case Family::product_codes:
        case Family::subscriptions:
        case Family::meta: break;
    }
    return 0;
}

bool is_below(std::string_view log_key, const LogId& floor) {
    const auto id = keys::log_id_of(log_key);
    return id && *id < floor;
}

}  // namespace

bool has_floor(Family family) {
    return place_size(family) > 0;
}

bool Floors::hide(Family family, std::string_view key) const {
    switch (family) {
        case Family::changes: {
            const auto seq = keys::seq_of(key);
            return seq && *seq < changes;
        }
        case Family::product_changes: {
            const auto change = keys::product_change_of(key);
            return change && change->seq < changes;
        }
        case Family::webhook_logs:
        case Family::sync_logs: return is_below(key, logs);
        case Family::audit: return is_below(key, audit);
        case Family::products:
        case Family::product_codes:
        case Family::subscriptions:
        case Family::meta: break;
    }
    return false;
}

bool Floors::bound(Family family) const {
    switch (family) {
        case Family::changes:
        case Family::product_changes: return changes > 1;
        case Family::webhook_logs:
        case Family::sync_logs: return !logs.is_none();
        case Family::audit: return !audit.is_none();
        case Family::products:
        case Family::product_codes:
        case Family::subscriptions:
        case Family::meta: break;
    }
    return false;
}

std::string Floors::first_kept(Family family, std::string_view hidden_key) const {
    std::string key{before_all(family, hidden_key)};
    if (place_size(family) == seq_size) return key + keys::change(changes);
    return key += records::bytes_of((family == Family::audit ? audit : logs).bytes());
}

std::string_view Floors::before_all(Family family, std::string_view hidden_key) {
    const auto size = place_size(family);
    return hidden_key.size() < size ? std::string_view{} : hidden_key.substr(0, hidden_key.size() - size);
}

std::string encode(const Floors& floors) {
    FieldWriter out{records::form_version, 96};
    out.number(tag::changes, floors.changes).instant_if(tag::changes_until, floors.changes_until);
    if (!floors.logs.is_none()) out.text(tag::logs, records::bytes_of(floors.logs.bytes()));
    if (!floors.audit.is_none()) out.text(tag::audit, records::bytes_of(floors.audit.bytes()));
    return out.hash_unless_zero(tag::changes_hash, floors.changes_hash).finish();
}

Result<Floors> decode_floors(std::string_view value) {
    const auto reader = FieldReader::open(value, records::form_version);
    if (!reader) return reader.error();
    Floors floors;
    const auto read = records::each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case tag::changes: return records::keep(FieldReader::number(field), floors.changes);
            case tag::changes_until: return records::keep(FieldReader::instant(field), floors.changes_until);
            case tag::logs: return records::keep_id(field, floors.logs);
            case tag::audit: return records::keep_id(field, floors.audit);
            case tag::changes_hash: return records::keep(FieldReader::hash(field), floors.changes_hash);
            default: return {};
        }
    });
    if (!read) return read.error();
    return floors;
}

}  // namespace stockcast
