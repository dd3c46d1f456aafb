#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"
#include "stockcast/store/store.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stockcast::dump {

/// `--from`, `--to`: a place in the change log, or a time.
using Bound = std::variant<Seq, Instant>;
/// Digits alone are a seq, all else a time as Instant::parse reads it. Errors: `malformed`.
Result<Bound> parse_bound(std::string_view text);

/// Both ends belong to it; an absent one is open.
struct Window {
    std::optional<Bound> from;
    std::optional<Bound> to;
    /// A seq bounds the two families of changes alone, a time also the logs. What has no such order is not bounded.
    bool bounds(Family family) const;
    bool holds(Seq seq) const;       ///< as far as the bounds are seqs
    bool holds(Instant time) const;  ///< as far as the bounds are times
};

/// One entry as a JSON object on one line, `family` first. Errors: `store_damaged`.
Result<std::string> entry_json(Family family, std::string_view key, std::string_view value);

/// The members of `entry_json` that are columns in CSV, in their order.
std::vector<std::string_view> csv_columns(Family family);
/// RFC 4180: quoted where needed, lines ended by CR LF, texts as they are.
std::string csv_header(Family family);
std::string csv_row(Family family, std::string_view json);

enum class Format { json_lines, csv };
struct Request {
    std::vector<Family> families;
    Window window;
    Format format = Format::json_lines;
};
/// Writes what is asked for to `out` and what can't be read to `complaints`, and goes on. False when anything of it was
/// damaged, or could not be written.
bool dump(const Store& store, const Request& request, std::ostream& out, std::ostream& complaints);

}  // namespace stockcast::dump
