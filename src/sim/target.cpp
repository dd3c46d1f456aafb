#include "sim/target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace stockcast::sim {

Result<Target> Target::parse(std::string_view text) {
    const auto url = boost::urls::parse_origin_form(text);
    if (!url) return Errc::malformed;
    boost::urls::encoding_opts form;
    form.space_as_plus = true;
    Target target;
    for (auto segment : url->segments()) target.path.emplace_back(segment);
    if (!target.path.empty() && target.path.back().empty()) target.path.pop_back();
    for (auto parameter : url->params(form)) target.parameters.emplace_back(parameter.key, parameter.value);
    return target;
}

const std::string* Target::find(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) return value.empty() ? nullptr : &value;
    }
    return nullptr;
}

bool Target::is(std::initializer_list<std::string_view> segments) const {
    return std::equal(path.begin(), path.end(), segments.begin(), segments.end());
}

}  // namespace stockcast::sim
