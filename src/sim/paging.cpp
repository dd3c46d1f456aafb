#include "sim/paging.hpp"

#include "stockcast/base/json.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <charconv>

namespace stockcast::sim {
namespace {

constexpr std::size_t page_size_max = 100;
constexpr std::size_t page_max = 10'000'000;  // keeps page * page_size far from overflow

OrError<std::size_t> read_count(const Target& target, const char* name, std::size_t otherwise) {
    const std::string* text = target.find(name);
    if (!text) return otherwise;
    std::size_t number = 0;
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (ec != std::errc{} || end != text->data() + text->size() || number < 1 || number > page_max) {
        return wrong_type(name);
    }
    return number;
}

std::string encoded(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

std::string link(const std::string& base, const Target& target, std::size_t page, std::size_t page_size) {
    std::string href = base + "?page=" + std::to_string(page) + "&page_size=" + std::to_string(page_size);
    for (const auto& [name, value] : target.parameters) {
        if (name == "page" || name == "page_size") continue;
        href += '&' + encoded(name) + '=' + encoded(value);
    }
    return href;
}

}  // namespace

OrError<Paging> Paging::read(const Target& target, const Variants& variants) {
    const auto page = read_count(target, "page", Paging{}.page);
    if (!page) return page.error();
    const auto page_size = read_count(target, "page_size", Paging{}.page_size);
    if (!page_size) return page_size.error();
    if (*page_size > page_size_max && !variants.page_size_clamped) return wrong_type("page_size");
    return Paging{*page, std::min(*page_size, page_size_max)};
}

std::string paged(const Paging& paging, std::size_t total, std::string_view rows, const std::string& base,
                  const Target& target, const Variants& variants) {
    std::string body;
    body.reserve(rows.size() + 1024);
    JsonObjectWriter whole{body};
    JsonObjectWriter pagination{whole.open("pagination")};
    pagination.number("page", static_cast<std::int64_t>(paging.page));
    pagination.number("page_size", static_cast<std::int64_t>(paging.page_size));
    pagination.number("total_results", static_cast<std::int64_t>(total));
    pagination.close();
    std::string& results = whole.open("results");
    results += '[';
    results += rows;
    results += ']';
    if (!variants.omit_links) {
        JsonObjectWriter links{whole.open("_links")};
        const auto add = [&](std::string_view name, std::size_t page) {
            JsonObjectWriter entry{links.open(name)};
            entry.string("href", link(base, target, page, paging.page_size));
            entry.close();
        };
        if (paging.page > 1) add("previous", paging.page - 1);
        add("self", paging.page);
        if (paging.page * paging.page_size < total) add("next", paging.page + 1);
        links.close();
    }
    whole.close();
    return body;
}

}  // namespace stockcast::sim
