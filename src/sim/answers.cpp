#include "sim/answers.hpp"

#include "stockcast/base/json.hpp"

namespace stockcast::sim {

HttpResponse json_answer(unsigned status, std::string body) {
    HttpResponse answer;
    answer.status = status;
    answer.fields.add("Content-Type", "application/json; charset=utf-8");
    answer.body = std::move(body);
    return answer;
}

HttpResponse error_answer(const ApiError& error, const Variants& variants) {
    const bool lower = variants.lower_case_errors;
    std::string body;
    JsonObjectWriter whole{body};
    whole.number(lower ? "status" : "Status", error.status);
    std::string& list = whole.open(lower ? "errors" : "Errors");
    list += '[';
    JsonObjectWriter entry{list};
    entry.string(lower ? "code" : "Code", error.code).string(lower ? "message" : "Message", error.message);
    std::string& params = entry.open(lower ? "params" : "Params");
    params += '[';
    for (const auto& param : error.params) {
        if (params.back() != '[') params += ',';
        write_json_string(params, param);
    }
    params += ']';
    entry.string(lower ? "detail" : "Detail", "Check the API documentation: https://siigoapi.docs.apiary.io");
    entry.close();
    list += ']';
    whole.close();
    return json_answer(error.status, std::move(body));
}

ApiError missing(const std::string& parameter) {
    return {400, "parameter_required", "The field " + parameter + " is required", {parameter}};
}

ApiError wrong_type(const std::string& parameter) {
    return {400, "invalid_type", "The parameter " + parameter + " has an invalid value", {parameter}};
}

ApiError no_such(std::string_view what) {
    return {404, "not_found", "The requested " + std::string{what} + " doesn't exist", {}};
}

}  // namespace stockcast::sim
