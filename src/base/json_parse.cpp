#include "stockcast/base/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace stockcast {
namespace {

namespace json = boost::json;

/// What the parser calls as it goes. Values wait on one flat stack until the object or array round them ends; then
/// they move into it at once, with its final size known.
class Builder {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);  // `JsonLimits::bytes` bounds them all
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit Builder(const JsonLimits& limits) : limits_(limits) {}

    Json take() { return std::move(values_.back()); }
    Errc refusal() const { return refusal_; }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return true; }

    bool on_array_end(std::size_t n, json::error_code&) {
        const auto first = values_.end() - static_cast<std::ptrdiff_t>(n);
        Json::Array array(std::make_move_iterator(first), std::make_move_iterator(values_.end()));
        values_.erase(first, values_.end());
        values_.emplace_back(std::move(array));
        return true;
    }

    bool on_object_end(std::size_t n, json::error_code& ec) {
        const auto value = values_.end() - static_cast<std::ptrdiff_t>(n);
        const auto name = names_.end() - static_cast<std::ptrdiff_t>(n);
        Json::Object object;
        object.reserve(n);
        for (std::size_t i = 0; i < n; ++i) {
            const auto at = static_cast<std::ptrdiff_t>(i);
            object.emplace_back(std::move(name[at]), std::move(value[at]));
        }
        values_.erase(value, values_.end());
        names_.erase(name, names_.end());
        if (has_duplicate(object)) return refuse(ec, Errc::malformed);
        values_.emplace_back(std::move(object));
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return append(part); }
    bool on_key(json::string_view last, std::size_t, json::error_code&) {
        names_.push_back(finish(last));
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return append(part); }
    bool on_string(json::string_view last, std::size_t, json::error_code&) {
        values_.emplace_back(finish(last));
        return true;
    }

    bool on_number_part(json::string_view part, json::error_code&) { return append(part); }
    bool on_int64(std::int64_t, json::string_view last, json::error_code& ec) { return on_number(last, ec); }
    bool on_uint64(std::uint64_t, json::string_view last, json::error_code& ec) { return on_number(last, ec); }
    bool on_double(double, json::string_view last, json::error_code& ec) { return on_number(last, ec); }

    bool on_bool(bool value, json::error_code&) {
        values_.emplace_back(value);
        return true;
    }
    bool on_null(json::error_code&) {
        values_.emplace_back();
        return true;
    }

    bool on_comment_part(json::string_view, json::error_code&) { return true; }  // never: comments are off
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    bool refuse(json::error_code& ec, Errc why) {
        refusal_ = why;
        ec = make_error_code(why);
        return false;
    }

    bool append(std::string_view part) {
        pending_.append(part);
        return true;
    }

    std::string finish(std::string_view last) {
        if (pending_.empty()) return std::string{last};
        pending_.append(last);
        return std::exchange(pending_, {});
    }

    bool on_number(std::string_view last, json::error_code& ec) {
        auto text = finish(last);
        if (text.size() > limits_.number_characters) return refuse(ec, Errc::out_of_bounds);
        if (const auto e = text.find_first_of("eE"); e != std::string::npos) {
            const char* digits = text.data() + e + 1;
            if (*digits == '+' || *digits == '-') ++digits;
            int exponent = 0;
            const auto read = std::from_chars(digits, text.data() + text.size(), exponent);
            if (read.ec != std::errc{} || exponent > limits_.exponent) return refuse(ec, Errc::out_of_bounds);
        }
        values_.emplace_back(JsonNumber{std::move(text)});
        return true;
    }

    static bool has_duplicate(const Json::Object& object) {
        constexpr std::size_t few = 24;  // a product's members: comparing all pairs beats sorting
        if (object.size() <= few) {
            for (auto a = object.begin(); a != object.end(); ++a) {
                for (auto b = object.begin(); b != a; ++b) {
                    if (a->first == b->first) return true;
                }
            }
            return false;
        }
        std::vector<std::string_view> names;
        names.reserve(object.size());
        for (const auto& member : object) names.push_back(member.first);
        std::sort(names.begin(), names.end());
        return std::adjacent_find(names.begin(), names.end()) != names.end();
    }

    const JsonLimits& limits_;
    std::vector<Json> values_;
    std::vector<std::string> names_;
    std::string pending_;  ///< parts of a string or number with escapes, or that the parser hands out in pieces
    Errc refusal_ = Errc::malformed;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes) return Errc::out_of_bounds;

    json::parse_options options;
    options.max_depth = limits.depth;
    json::basic_parser<Builder> parser{options, limits};
    json::error_code ec;
    const auto read = parser.write_some(/*more=*/false, text.data(), text.size(), ec);
    if (ec == json::error::too_deep || ec == json::error::exponent_overflow) return Errc::out_of_bounds;
    if (ec) return parser.handler().refusal();

    // It stops after one value and calls that a success: `01` is a zero and something more.
    if (text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) return Errc::malformed;
    return parser.handler().take();
}

}  // namespace stockcast
