#pragma once

#include <string>
#include <string_view>

namespace stockcast {

/// The Content-Security-Policy of a page that holds its one `<style>` and its one `<script>` itself: just these two, by
/// their hashes (CSP 3 §2.3.1), connections to this server, and nothing else.
std::string page_policy(std::string_view html);

}  // namespace stockcast
