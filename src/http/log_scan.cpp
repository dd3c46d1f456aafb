#include "http/log_scan.hpp"

#include "http/list_answer.hpp"

#include "stockcast/store/keys.hpp"

#include <algorithm>
#include <utility>

namespace stockcast {
namespace {

KeyRange key_range(const LogRange& range) {
    KeyRange keys = keys::company_range(range.company);
    const auto end_at = [&](const LogId& id) { keys.to = std::min(keys.to, keys::log(range.company, id)); };
    if (range.from) keys.from = keys::log(range.company, LogId::first_at(*range.from));
    if (range.to) end_at(LogId::first_at(*range.to));
    if (range.before) end_at(*range.before);
    return keys;
}

/// One page under way. Blocking; one thread at a time.
class LogScan {
public:
    LogScan(std::string_view name, Family family, LogRange range, AppendEntry append)
        : name_(name), family_(family), range_(std::move(range)), append_(std::move(append)) {}

    /// Looks at the next slice; the page, once it is there.
    Result<std::optional<ListPage>> go_on(const Store& store) {
        const auto keys = key_range(range_);
        if (keys.from >= keys.to) return std::optional{page()};

        std::size_t looked_at = 0;
        bool is_slice_over = false;
        error_code failed;
        const auto take = [&](std::string_view key, std::string_view value) {
            full_ = count_ == range_.limit || examined_ == list_examined_max || entries_.size() >= list_bytes_max;
            is_slice_over = looked_at++ == list_slice;
            if (full_ || is_slice_over) return false;
            if (const auto taken = take_entry(key, value); !taken) failed = taken.error();
            return !failed;
        };
        const auto scanned = store.snapshot()->scan(family_, keys, Direction::descending, take);
        if (!scanned) return scanned.error();
        if (failed) return failed;
        if (is_slice_over && !full_) return std::optional<ListPage>{};
        return std::optional{page()};
    }

private:
    ListPage page() const {
        return {.name = name_,
                .cursor = "before",
                .entries = entries_,
                .next = full_ ? range_.before->to_string() : std::string{}};
    }

    Result<void> take_entry(std::string_view key, std::string_view value) {
        const auto id = keys::log_id_of(key);
        if (!id) return id.error();
        ++examined_;
        range_.before = *id;
        const auto length = entries_.size();
        if (count_ > 0) entries_ += ',';
        const auto wanted = append_(entries_, value);
        if (!wanted) return wanted.error();
        if (*wanted == Wanted::yes)
            ++count_;
        else
            entries_.resize(length);
        return {};
    }

    std::string_view name_;
    Family family_;
    LogRange range_;  ///< what is still to be looked at
    AppendEntry append_;
    std::string entries_;
    std::size_t count_ = 0;
    std::size_t examined_ = 0;
    bool full_ = false;
};

}  // namespace

LogRange read_log_range(Arguments& arguments, const CompanyName& company) {
    LogRange range;
    range.company = company;
    range.limit = arguments.limit();
    if (const auto before = arguments.text("before")) {
        if (const auto id = LogId::parse(*before))
            range.before = *id;
        else
            arguments.complain("before", "the `next` of an earlier answer");
    }
    return range;
}

asio::awaitable<HttpResponse> answer_log(Services& services, Call call, std::string_view name, Family family,
                                         LogRange range, AppendEntry append) {
    LogScan scan{name, family, std::move(range), std::move(append)};
    const auto go_on = [&scan, &store = services.store] { return scan.go_on(store); };
    co_return co_await answer_list(services, call, go_on);
}

}  // namespace stockcast
