#include "http/log_scan.hpp"

#include <algorithm>

namespace stockcast {
namespace {

constexpr std::size_t examined_max = 20'000;
constexpr std::size_t page_bytes_max = 4u << 20;

KeyRange key_range(const LogRange& range) {
    KeyRange keys = keys::company_range(range.company);
    const auto end_at = [&](const LogId& id) { keys.to = std::min(keys.to, keys::log(range.company, id)); };
    if (range.from) keys.from = keys::log(range.company, LogId::first_at(*range.from));
    if (range.to) end_at(LogId::first_at(*range.to));
    if (range.before) end_at(*range.before);
    return keys;
}

}  // namespace

Result<LogPage> read_log(const Store& store, Family family, const LogRange& range, const AppendEntry& append) {
    const auto keys = key_range(range);
    LogPage page;
    if (keys.from >= keys.to) return page;

    std::size_t count = 0;
    std::size_t examined = 0;
    LogId last;
    bool more = false;
    error_code failed;
    const auto take = [&](std::string_view key, std::string_view value) {
        if (count == range.limit || examined == examined_max || page.entries.size() >= page_bytes_max) {
            more = true;
            return false;
        }
        const auto id = keys::log_id_of(key);
        if (!id) {
            failed = id.error();
            return false;
        }
        ++examined;
        last = *id;
        const auto before = page.entries.size();
        if (count > 0) page.entries += ',';
        const auto wanted = append(page.entries, value);
        if (!wanted) failed = wanted.error();
        if (wanted && *wanted == Wanted::yes)
            ++count;
        else
            page.entries.resize(before);
        return !failed;
    };
    const auto scanned = store.snapshot()->scan(family, keys, Direction::descending, take);
    if (!scanned) return scanned.error();
    if (failed) return failed;
    if (more) page.next = last;
    return page;
}

}  // namespace stockcast
