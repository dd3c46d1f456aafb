#include "store/record_parts.hpp"

#include <algorithm>

namespace stockcast::records {

std::string_view bytes_of(const std::array<std::uint8_t, 16>& id) {
    return {reinterpret_cast<const char*>(id.data()), id.size()};
}

Result<std::array<std::uint8_t, 16>> read_id_bytes(const FieldReader::Raw& field) {
    std::array<std::uint8_t, 16> id{};
    if (field.bytes.size() != id.size()) return Errc::store_damaged;
    std::copy(field.bytes.begin(), field.bytes.end(), id.begin());
    return id;
}

Result<void> keep_id(const FieldReader::Raw& field, ProductId& to) {
    const auto id = read_id_bytes(field);
    if (!id) return id.error();
    to = ProductId::from_bytes(*id);
    return {};
}

Result<void> keep_id(const FieldReader::Raw& field, LogId& to) {
    const auto id = read_id_bytes(field);
    if (!id) return id.error();
    to = LogId::from_bytes(*id);
    return {};
}

Result<void> keep_text(const FieldReader::Raw& field, std::string& to) {
    to.assign(field.bytes);
    return {};
}

}  // namespace stockcast::records
