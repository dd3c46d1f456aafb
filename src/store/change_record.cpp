#include "store/record_parts.hpp"

#include "stockcast/store/records.hpp"

namespace stockcast::records {
namespace {

// Numbers on disk: never given to another meaning.
namespace tag {
enum : std::uint8_t {
    event = 1,
    seq,
    type,
    source,
    cause,
    recorded_at,
    product,
    old_stock,
    warehouse,
    changed,
    announced,
    unannounced,
    last_unannounced,
    hash  // the last field for good: it covers all that stands in front of it
};
}
namespace warehouse_tag {
enum : std::uint8_t { id = 1, name, old_stock, new_stock };
}

constexpr std::array type_codes{ChangeType::stock_updated, ChangeType::product_created, ChangeType::product_updated,
                                ChangeType::product_deleted};

ProductPart part_kept(ChangeType type) {
    switch (type) {
        case ChangeType::stock_updated: return ProductPart::stock;
        case ChangeType::product_deleted: return ProductPart::identity;
        case ChangeType::product_created:
        case ChangeType::product_updated: break;
    }
    return ProductPart::whole;
}

Result<WarehouseChange> read_warehouse(FieldReader reader) {
    WarehouseChange change;
    const auto read = each_field(reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case warehouse_tag::id: return keep_text(field, change.id);
            case warehouse_tag::name: return keep_text(field, change.name);
            case warehouse_tag::old_stock: return keep(FieldReader::quantity(field), change.old_stock);
            case warehouse_tag::new_stock: return keep(FieldReader::quantity(field), change.new_stock);
            default: return {};
        }
    });
    if (!read) return read.error();
    return change;
}

Result<void> add_warehouse(Result<WarehouseChange> read, Change& change) {
    if (!read) return read.error();
    change.warehouses.push_back(*std::move(read));
    return {};
}

Result<void> keep_hash(const FieldReader::Raw& field, std::optional<ChainHash>& to) {
    const auto hash = FieldReader::hash(field);
    if (!hash) return hash.error();
    to = *hash;
    return {};
}

Result<void> add_changed(const FieldReader::Raw& field, Change& change) {
    change.changed.emplace_back(field.bytes);
    return {};
}

/// All but the hash.
FieldWriter written(const StoredChange& stored) {
    const Change& change = stored.change;
    const auto part = part_kept(change.type);
    const auto properties = part == ProductPart::whole ? change.product.properties.size() : 0;
    FieldWriter out{form_version, 420 + stored.event.size() + properties + 64 * change.product.warehouses.size()};
    // The event first: what resumes a stream needs nothing behind it.
    out.text(tag::event, stored.event)
        .number(tag::seq, change.seq)
        .number(tag::type, code_of(type_codes, change.type))
        .number(tag::source, code_of(source_codes, change.source))
        .text(tag::cause, bytes_of(change.cause.bytes()))
        .instant(tag::recorded_at, change.recorded_at);

    FieldGroup scratch;
    append_product(scratch, change.product, part);
    out.group(tag::product, scratch);
    out.quantity_if(tag::old_stock, change.old_stock);
    for (const auto& warehouse : change.warehouses) {
        scratch.clear();
        scratch.text(warehouse_tag::id, warehouse.id)
            .text_unless_empty(warehouse_tag::name, warehouse.name)
            .quantity_if(warehouse_tag::old_stock, warehouse.old_stock)
            .quantity_if(warehouse_tag::new_stock, warehouse.new_stock);
        out.group(tag::warehouse, scratch);
    }
    for (const auto& member : change.changed) out.text(tag::changed, member);
    out.number(tag::announced, change.tally.announced)
        .number(tag::unannounced, change.tally.unannounced)
        .number(tag::last_unannounced, change.tally.last_unannounced);
    return out;
}

}  // namespace

std::string encode(const StoredChange& stored) {
    auto out = written(stored);
    if (stored.hash) out.hash(tag::hash, *stored.hash);
    return out.finish();
}

std::string encode_next(StoredChange& stored, const ChainHash& before) {
    auto out = written(stored);
    stored.hash = before.followed_by(out.bytes());
    return out.hash(tag::hash, *stored.hash).finish();
}

bool is_next(std::string_view value, const ChainHash& before) {
    constexpr auto not_covered = field_bytes::hash_field_size + field_bytes::checksum_size;
    if (value.size() < not_covered) return false;
    const auto covered = value.substr(0, value.size() - not_covered);
    std::string expected;
    field_bytes::append_hash(expected, tag::hash, before.followed_by(covered));
    return value.substr(covered.size(), expected.size()) == expected;
}

Result<StoredChange> decode_change(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();

    StoredChange stored;
    Change& change = stored.change;
    bool has_product = false;
    const auto inside = [&](const FieldReader::Raw& field) {
        return FieldReader::inside(field.bytes, reader->version());
    };
    const auto read = each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case tag::event: return keep_text(field, stored.event);
            case tag::seq: return keep(FieldReader::number(field), change.seq);
            case tag::type: return keep(from_code(type_codes, field), change.type);
            case tag::source: return keep(from_code(source_codes, field), change.source);
            case tag::cause: return keep_id(field, change.cause);
            case tag::recorded_at: return keep(FieldReader::instant(field), change.recorded_at);
            case tag::product: has_product = true; return keep(read_product(inside(field)), change.product);
            case tag::old_stock: return keep(FieldReader::quantity(field), change.old_stock);
            case tag::warehouse: return add_warehouse(read_warehouse(inside(field)), change);
            case tag::changed: return add_changed(field, change);
            case tag::announced: return keep(FieldReader::number(field), change.tally.announced);
            case tag::unannounced: return keep(FieldReader::number(field), change.tally.unannounced);
            case tag::last_unannounced: return keep(FieldReader::number(field), change.tally.last_unannounced);
            case tag::hash: return keep_hash(field, stored.hash);
            default: return {};
        }
    });
    if (!read) return read.error();
    if (!has_product) return Errc::store_damaged;

    // Every change leaves these two on its product, whichever of its parts are kept.
    change.product.seq = change.seq;
    change.product.changed_at = change.recorded_at;
    return stored;
}

Result<std::string> decode_event(std::string_view value) {
    auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    const auto event = reader->find(tag::event);
    if (!event) return event.error();
    return std::string{event->bytes};
}

}  // namespace stockcast::records
