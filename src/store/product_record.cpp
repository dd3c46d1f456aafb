#include "store/record_parts.hpp"

#include "stockcast/store/records.hpp"

namespace stockcast::records {
namespace {

// Numbers on disk: never given to another meaning.
namespace tag {
enum : std::uint8_t {
    company = 1,
    id,
    number,
    code,
    name,
    flags,
    available,
    warehouse,
    properties,
    created,
    last_updated,
    stock_updated,
    stock_register,
    property_register,
    existence_register,
    pending,
    seq,
    changed_at,
    synced_at,
    test
};
}
namespace warehouse_tag {
enum : std::uint8_t { id = 1, name, quantity };
}
namespace register_tag {
enum : std::uint8_t { stamp = 1, seen, seen_at, polled };
}
namespace pending_tag {
enum : std::uint8_t { due = 1, asked };
}
namespace test_tag {
enum : std::uint8_t { cause = 1, available, warehouse, stock_updated, stock_register };
}

// Each flag is the rarer state, so that most products carry no flags at all.
enum Flag : std::uint64_t { inactive = 1, no_stock_control = 2, is_deleted = 4, is_made_up = 8 };

constexpr std::string_view no_properties = "{}";

std::uint64_t flags_of(const Product& product) {
    return (product.active ? 0u : inactive) | (product.stock_control ? 0u : no_stock_control) |
           (product.deleted ? is_deleted : 0u) | (product.made_up ? is_made_up : 0u);
}

void append_register(auto& out, FieldGroup& scratch, std::uint8_t tag, const Register& held) {
    if (held == Register{}) return;
    scratch.clear();
    scratch.instant_if(register_tag::stamp, held.stamp)
        .number_unless_zero(register_tag::seen, held.seen)
        .instant_unless_epoch(register_tag::seen_at, held.seen_at)
        .number_unless_zero(register_tag::polled, held.polled ? 1 : 0);
    out.group(tag, scratch);
}

Result<Register> read_register(FieldReader reader) {
    Register held;
    const auto read = each_field(reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case register_tag::stamp: return keep(FieldReader::instant(field), held.stamp);
            case register_tag::seen: return keep(FieldReader::number(field), held.seen);
            case register_tag::seen_at: return keep(FieldReader::instant(field), held.seen_at);
            case register_tag::polled: held.polled = true; return {};
            default: return {};
        }
    });
    if (!read) return read.error();
    return held;
}

void append_pending(auto& out, const PendingRead& pending) {
    out.instant_unless_epoch(pending_tag::due, pending.due).number_unless_zero(pending_tag::asked, pending.asked);
}

Result<PendingRead> read_pending(FieldReader reader) {
    PendingRead pending;
    const auto read = each_field(reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case pending_tag::due: return keep(FieldReader::instant(field), pending.due);
            case pending_tag::asked: return keep(FieldReader::number(field), pending.asked);
            default: return {};
        }
    });
    if (!read) return read.error();
    return pending;
}

Result<WarehouseStock> read_warehouse(FieldReader reader) {
    WarehouseStock warehouse;
    const auto read = each_field(reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case warehouse_tag::id: return keep_text(field, warehouse.id);
            case warehouse_tag::name: return keep_text(field, warehouse.name);
            case warehouse_tag::quantity: return keep(FieldReader::quantity(field), warehouse.quantity);
            default: return {};
        }
    });
    if (!read) return read.error();
    return warehouse;
}

void append_warehouses(auto& out, FieldGroup& scratch, std::uint8_t tag, const std::vector<WarehouseStock>& all) {
    for (const auto& warehouse : all) {
        scratch.clear();
        scratch.text(warehouse_tag::id, warehouse.id)
            .text_unless_empty(warehouse_tag::name, warehouse.name)
            .quantity(warehouse_tag::quantity, warehouse.quantity);
        out.group(tag, scratch);
    }
}

void append_stock(auto& out, FieldGroup& scratch, const Product& product) {
    out.quantity_if(tag::available, product.available);
    append_warehouses(out, scratch, tag::warehouse, product.warehouses);
    out.instant_if(tag::stock_updated, product.stock_updated);
}

void append_test(auto& out, FieldGroup& scratch, const TestInPlace& test) {
    FieldGroup before;
    before.text(test_tag::cause, bytes_of(test.cause.bytes())).quantity_if(test_tag::available, test.available);
    append_warehouses(before, scratch, test_tag::warehouse, test.warehouses);
    before.instant_if(test_tag::stock_updated, test.stock_updated);
    append_register(before, scratch, test_tag::stock_register, test.stock_register);
    out.group(tag::test, before);
}

void append(auto& out, const Product& product, ProductPart part) {
    FieldGroup scratch;
    out.text_unless_empty(tag::company, product.company)
        .text(tag::id, bytes_of(product.id.bytes()))
        .number_unless_zero(tag::number, product.number)
        .text_unless_empty(tag::code, product.code)
        .text_unless_empty(tag::name, product.name)
        .number_unless_zero(tag::flags, flags_of(product));
    if (part == ProductPart::identity) return;
    append_stock(out, scratch, product);
    if (part == ProductPart::stock) return;

    if (product.properties != no_properties) out.text(tag::properties, product.properties);
    out.instant_if(tag::created, product.created).instant_if(tag::last_updated, product.last_updated);
    append_register(out, scratch, tag::stock_register, product.stock_register);
    append_register(out, scratch, tag::property_register, product.property_register);
    append_register(out, scratch, tag::existence_register, product.existence_register);
    if (product.pending) {
        append_pending(scratch.clear(), *product.pending);
        out.group(tag::pending, scratch);
    }
    if (product.test) append_test(out, scratch, *product.test);
    out.number_unless_zero(tag::seq, product.seq)
        .instant_unless_epoch(tag::changed_at, product.changed_at)
        .instant_unless_epoch(tag::synced_at, product.synced_at);
}

Result<void> keep_flags(const FieldReader::Raw& field, Product& product) {
    const auto flags = FieldReader::number(field);
    if (!flags) return flags.error();
    product.active = (*flags & inactive) == 0;
    product.stock_control = (*flags & no_stock_control) == 0;
    product.deleted = (*flags & is_deleted) != 0;
    product.made_up = (*flags & is_made_up) != 0;
    return {};
}

Result<void> add_warehouse(Result<WarehouseStock> read, std::vector<WarehouseStock>& to) {
    if (!read) return read.error();
    to.push_back(*std::move(read));
    return {};
}

Result<TestInPlace> read_test(FieldReader reader) {
    TestInPlace test;
    const auto inside = [&](const FieldReader::Raw& field) {
        return FieldReader::inside(field.bytes, reader.version());
    };
    const auto read = each_field(reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case test_tag::cause: return keep_id(field, test.cause);
            case test_tag::available: return keep(FieldReader::quantity(field), test.available);
            case test_tag::warehouse: return add_warehouse(read_warehouse(inside(field)), test.warehouses);
            case test_tag::stock_updated: return keep(FieldReader::instant(field), test.stock_updated);
            case test_tag::stock_register: return keep(read_register(inside(field)), test.stock_register);
            default: return {};
        }
    });
    if (!read) return read.error();
    return test;
}

}  // namespace

void append_product(FieldGroup& out, const Product& product, ProductPart part) {
    append(out, product, part);
}
void append_product(FieldWriter& out, const Product& product, ProductPart part) {
    append(out, product, part);
}

Result<Product> read_product(FieldReader reader) {
    Product product;
    bool has_id = false;
    const auto inside = [&](const FieldReader::Raw& field) {
        return FieldReader::inside(field.bytes, reader.version());
    };
    const auto read = each_field(reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case tag::company: return keep_text(field, product.company);
            case tag::id: has_id = true; return keep_id(field, product.id);
            case tag::number: return keep(FieldReader::number(field), product.number);
            case tag::code: return keep_text(field, product.code);
            case tag::name: return keep_text(field, product.name);
            case tag::flags: return keep_flags(field, product);
            case tag::available: return keep(FieldReader::quantity(field), product.available);
            case tag::warehouse: return add_warehouse(read_warehouse(inside(field)), product.warehouses);
            case tag::properties: return keep_text(field, product.properties);
            case tag::created: return keep(FieldReader::instant(field), product.created);
            case tag::last_updated: return keep(FieldReader::instant(field), product.last_updated);
            case tag::stock_updated: return keep(FieldReader::instant(field), product.stock_updated);
            case tag::stock_register: return keep(read_register(inside(field)), product.stock_register);
            case tag::property_register: return keep(read_register(inside(field)), product.property_register);
            case tag::existence_register: return keep(read_register(inside(field)), product.existence_register);
            case tag::test: return keep(read_test(inside(field)), product.test);
            case tag::pending: return keep(read_pending(inside(field)), product.pending);
            case tag::seq: return keep(FieldReader::number(field), product.seq);
            case tag::changed_at: return keep(FieldReader::instant(field), product.changed_at);
            case tag::synced_at: return keep(FieldReader::instant(field), product.synced_at);
            default: return {};
        }
    });
    if (!read) return read.error();
    if (!has_id) return Errc::store_damaged;
    return product;
}

std::string encode(const Product& product) {
    FieldWriter out{form_version,
                    384 + product.name.size() + product.properties.size() + 64 * product.warehouses.size()};
    append_product(out, product, ProductPart::whole);
    return out.finish();
}

Result<Product> decode_product(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    return read_product(*reader);
}

std::string encode(const PendingRead& pending) {
    FieldWriter out{form_version};
    append_pending(out, pending);
    return out.finish();
}

Result<PendingRead> decode_pending_read(std::string_view value) {
    const auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    return read_pending(*reader);
}

}  // namespace stockcast::records
