#pragma once

#include "stockcast/base/result.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast {

/// `%41` and so on undone. Errors: `malformed` (a `%` without two hexadecimal digits, a control character, no UTF-8).
Result<std::string> percent_decoded(std::string_view text);
/// Everything but RFC 3986's unreserved characters as `%XX`.
std::string percent_encoded(std::string_view text);

/// The part of a target after `?`, as forms write it: `a=1&b=x%20y+z`.
class Query {
public:
    static constexpr std::size_t parameters_max = 32;

    /// The error is the detail of a 400: it names the parameter and says what is accepted. A name twice is one, since
    /// readers differ on which counts.
    static boost::system::result<Query, std::string> parse(std::string_view text);

    /// Null pointer: not given.
    const std::string* find(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return parameters_; }
    /// `parse` gives the same query back.
    std::string serialised() const;

    bool operator==(const Query&) const = default;

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace stockcast
