#pragma once

#include "http/route.hpp"
#include "http/services.hpp"

#include "stockcast/base/asio.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stockcast {

/// Bounds of one page, whatever its limit. A list that ends at one of them goes on with `next`.
inline constexpr std::size_t list_bytes_max = std::size_t{4} << 20;  ///< of its entries; one more may begin below it
inline constexpr std::size_t list_examined_max = 200'000;            ///< entries looked at for it
inline constexpr std::size_t list_slice = 2'048;                     ///< of these, in one job of the readers

/// A page of a list, ready to be answered.
struct ListPage {
    std::string_view name;    ///< of the member that holds the entries
    std::string_view cursor;  ///< the query parameter that takes `next`
    std::string entries;      ///< JSON, comma-separated
    std::string next;         ///< empty: this is the last page
    std::string more = {};    ///< further members as JSON: `"seq":42`
};

/// `{"success":true,…,"<name>":[…],"next":…}`, with a Link to the next page where there is one.
HttpResponse list_answer(const Call& call, const ListPage& page);

/// The page that `go_on` makes slice by slice on the readers' threads: called until it gives one.
using GoOn = std::function<Result<std::optional<ListPage>>()>;
asio::awaitable<HttpResponse> answer_list(Services& services, const Call& call, GoOn go_on);

/// The value of Link (RFC 8288): the same request, led on to by `cursor=next`.
std::string link_to_next(const Call& call, std::string_view cursor, std::string_view next);

}  // namespace stockcast
