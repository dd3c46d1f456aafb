// The JSON reader: what it takes, Boost.JSON takes too; it is written and read back the same; its value equals itself.
#include "stockcast/base/json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

using namespace stockcast;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::size_t depth_of(const Json& value) {
    std::size_t inner = 0;
    if (const auto* array = value.if_array()) {
        for (const auto& element : *array) inner = std::max(inner, depth_of(element));
        return inner + 1;
    }
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) inner = std::max(inner, depth_of(member.second));
        return inner + 1;
    }
    return 0;
}

/// The same value with its members the other way round and its numbers spelt otherwise.
Json respelt(const Json& value) {
    if (const auto* number = value.if_number()) {
        const bool plain = number->text.find_first_of(".eE") == std::string::npos;
        return JsonNumber{plain ? number->text + ".0" : number->text};
    }
    if (const auto* array = value.if_array()) {
        Json::Array out;
        for (const auto& element : *array) out.push_back(respelt(element));
        return out;
    }
    if (const auto* object = value.if_object()) {
        Json::Object out;
        for (auto member = object->rbegin(); member != object->rend(); ++member) {
            out.emplace_back(member->first, respelt(member->second));
        }
        return out;
    }
    return value;
}

/// Boost's DOM agrees on everything but numbers, which it holds inexactly.
void require_agrees(const Json& ours, const boost::json::value& theirs) {
    if (const auto* text = ours.if_string()) {
        require(theirs.is_string() && std::string_view{theirs.get_string()} == *text);
    } else if (const auto* object = ours.if_object()) {
        require(theirs.is_object() && theirs.get_object().size() == object->size());
        for (const auto& [name, member] : *object) {
            const auto* found = theirs.get_object().if_contains(name);
            require(found != nullptr);
            require_agrees(member, *found);
        }
    } else if (const auto* array = ours.if_array()) {
        require(theirs.is_array() && theirs.get_array().size() == array->size());
        for (std::size_t i = 0; i < array->size(); ++i) require_agrees((*array)[i], theirs.get_array()[i]);
    } else if (const auto* flag = ours.if_bool()) {
        require(theirs.is_bool() && theirs.get_bool() == *flag);
    } else {
        require(ours.is_null() == theirs.is_null() && (ours.is_null() || theirs.is_number()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};

    // Any bytes become a valid string.
    std::string quoted;
    write_json_string(quoted, text);
    JsonLimits roomy;
    roomy.bytes = 16 * size + 16;
    const auto string = parse_json(quoted, roomy);
    require(string.has_value() && string->if_string() != nullptr);

    const JsonLimits limits;
    const auto read = parse_json(text, limits);
    if (!read) {
        require(read.error() == Errc::malformed || read.error() == Errc::out_of_bounds);
        return 0;
    }
    require(depth_of(*read) <= limits.depth);

    boost::json::error_code ec;
    const auto theirs = boost::json::parse(boost::json::string_view{text.data(), text.size()}, ec);
    require(!ec);
    require_agrees(*read, theirs);

    const auto written = to_text(*read);
    const auto again = parse_json(written, roomy);
    require(again.has_value() && *again == *read);
    require(to_text(*again) == written);

    require(same_value(*read, *read));
    const auto other = respelt(*read);
    require(same_value(*read, other) && same_value(other, *read));
    return 0;
}
