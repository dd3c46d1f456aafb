#include "stockcast/store/keys.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace stockcast::keys {
namespace {

constexpr std::size_t id_size = 16;
constexpr std::size_t seq_size = 8;
constexpr std::string_view code_end{"\0\0", 2};
constexpr std::string_view zero_in_code{"\0\1", 2};

std::string company_key(std::string_view company, std::size_t more) {
    std::string key;
    key.reserve(company.size() + 1 + more);
    key += company;
    key += '\0';
    return key;
}

void append_id(std::string& key, const std::array<std::uint8_t, id_size>& bytes) {
    key.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void append_seq(std::string& key, Seq seq) {
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>((seq >> shift) & 0xff);
}

std::array<std::uint8_t, id_size> read_id(std::string_view bytes) {
    std::array<std::uint8_t, id_size> id{};
    std::copy_n(bytes.begin(), id_size, id.begin());
    return id;
}

Seq read_seq(std::string_view bytes) {
    Seq seq = 0;
    for (std::size_t i = 0; i < seq_size; ++i) seq = (seq << 8) | static_cast<std::uint8_t>(bytes[i]);
    return seq;
}

/// What follows the company and its zero byte.
Result<std::string_view> after_company(std::string_view key) {
    const auto zero = key.find('\0');
    if (zero == std::string_view::npos || zero == 0) return Errc::store_damaged;
    return key.substr(zero + 1);
}

Result<std::string_view> after_company(std::string_view key, std::size_t size) {
    auto rest = after_company(key);
    if (rest && rest->size() != size) return Errc::store_damaged;
    return rest;
}

std::string code_prefix(std::string_view company, std::string_view code) {
    auto key = company_key(company, code.size() + code_end.size() + id_size);
    for (const char c : code) {
        if (c == '\0')
            key += zero_in_code;
        else
            key += c;
    }
    key += code_end;
    return key;
}

std::string pending_prefix(std::string_view company) {
    return "pending/" + std::string{company} + '/';
}

}  // namespace

std::string product(std::string_view company, const ProductId& id) {
    auto key = company_key(company, id_size);
    append_id(key, id.bytes());
    return key;
}

Result<ProductId> product_id_of(std::string_view product_key) {
    const auto id = after_company(product_key, id_size);
    if (!id) return id.error();
    return ProductId::from_bytes(read_id(*id));
}

std::string product_code(std::string_view company, std::string_view code, const ProductId& id) {
    auto key = code_prefix(company, code);
    append_id(key, id.bytes());
    return key;
}

KeyRange product_code_range(std::string_view company, std::string_view code) {
    return prefix_range(code_prefix(company, code));
}

Result<ProductCode> product_code_of(std::string_view product_code_key) {
    const auto rest = after_company(product_code_key);
    if (!rest) return rest.error();

    ProductCode found;
    for (std::size_t at = 0; at < rest->size(); ++at) {
        if ((*rest)[at] != '\0') {
            found.code += (*rest)[at];
            continue;
        }
        const auto pair = rest->substr(at, 2);
        if (pair == code_end && rest->size() == at + code_end.size() + id_size) {
            found.id = ProductId::from_bytes(read_id(rest->substr(at + code_end.size())));
            return found;
        }
        if (pair != zero_in_code) break;
        found.code += '\0';
        ++at;
    }
    return Errc::store_damaged;
}

std::string change(Seq seq) {
    std::string key;
    append_seq(key, seq);
    return key;
}

Result<Seq> seq_of(std::string_view change_key) {
    if (change_key.size() != seq_size) return Errc::store_damaged;
    return read_seq(change_key);
}

std::string product_change(std::string_view company, const ProductId& id, Seq seq) {
    auto key = company_key(company, id_size + seq_size);
    append_id(key, id.bytes());
    append_seq(key, seq);
    return key;
}

KeyRange product_change_range(std::string_view company, const ProductId& id) {
    return prefix_range(product(company, id));
}

Result<ProductChange> product_change_of(std::string_view product_change_key) {
    const auto rest = after_company(product_change_key, id_size + seq_size);
    if (!rest) return rest.error();
    return ProductChange{ProductId::from_bytes(read_id(*rest)), read_seq(rest->substr(id_size))};
}

std::string log(std::string_view company, const LogId& id) {
    auto key = company_key(company, id_size);
    append_id(key, id.bytes());
    return key;
}

Result<LogId> log_id_of(std::string_view log_key) {
    const auto id = after_company(log_key, id_size);
    if (!id) return id.error();
    return LogId::from_bytes(read_id(*id));
}

std::string subscription(std::string_view company, std::string_view id) {
    auto key = company_key(company, id.size());
    key += id;
    return key;
}

Result<CompanyName> company_of(std::string_view key) {
    const auto rest = after_company(key);
    if (!rest) return rest.error();
    return CompanyName{key.substr(0, key.size() - rest->size() - 1)};
}

KeyRange company_range(std::string_view company) {
    return prefix_range(company_key(company, 0));
}

KeyRange prefix_range(std::string prefix) {
    auto to = prefix;
    while (!to.empty() && static_cast<std::uint8_t>(to.back()) == 0xff) to.pop_back();
    if (!to.empty()) to.back() = static_cast<char>(static_cast<std::uint8_t>(to.back()) + 1);
    return {std::move(prefix), std::move(to)};
}

std::string siigo_state(std::string_view company) {
    return "siigo/" + std::string{company} + "/state";
}

std::string sync_state(std::string_view company) {
    return "sync/" + std::string{company} + "/state";
}

std::string pending_read(std::string_view company, const ProductId& id) {
    return pending_prefix(company) + id.to_string();
}

KeyRange pending_read_range(std::string_view company) {
    return prefix_range(pending_prefix(company));
}

std::string anchor(std::string_view company, const ProductId& id) {
    return std::string{anchors} + std::string{company} + '/' + id.to_string();
}

Result<ProductId> pending_product_of(std::string_view pending_key) {
    const auto slash = pending_key.rfind('/');
    if (!pending_key.starts_with("pending/") || slash == std::string_view::npos) return Errc::store_damaged;
    auto id = ProductId::parse(pending_key.substr(slash + 1));
    if (!id) return Errc::store_damaged;
    return id;
}

}  // namespace stockcast::keys
