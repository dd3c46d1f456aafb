#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stockcast::bench {

/// Whole requests for a server that passes on what is POSTed to it: each body is a change as stockcast's clients are
/// sent it, some 300 bytes, with `Notifications::figure_of(n)` for its `seq`.
std::function<std::string_view(std::uint64_t n)> change_posts(const std::string& host_field, const std::string& path);

}  // namespace stockcast::bench
