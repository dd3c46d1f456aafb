#pragma once

#include "sim/answers.hpp"
#include "sim/target.hpp"

#include <cstddef>
#include <string>

namespace stockcast::sim {

/// Which part of a list is asked for: `page` (from 1) and `page_size` (25; 100 at most).
struct Paging {
    std::size_t page = 1;
    std::size_t page_size = 25;

    static OrError<Paging> read(const Target& target, const Variants& variants);
    std::size_t offset() const { return (page - 1) * page_size; }
};

/// `{"pagination", "results", "_links"}` round the rows, which are JSON values with commas between them. The links go
/// to `base` (scheme, host, path) with the request's other parameters.
std::string paged(const Paging& paging, std::size_t total, std::string_view rows, const std::string& base,
                  const Target& target, const Variants& variants);

}  // namespace stockcast::sim
