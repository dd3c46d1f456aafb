#pragma once

#include "http/route.hpp"

#include "stockcast/net/http_message.hpp"

#include <string>
#include <string_view>

namespace stockcast {

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

/// The value of Link (RFC 8288): the same request, led on to by `cursor=next`.
std::string link_to_next(const Call& call, std::string_view cursor, std::string_view next);

}  // namespace stockcast
