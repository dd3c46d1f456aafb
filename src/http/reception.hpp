#pragma once

#include "stockcast/net/http_message.hpp"
#include "stockcast/siigo/translate.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// Whether the body is called JSON: `application/json`, with or without parameters, and not compressed.
bool is_json_body(const HttpFields& fields);

/// Why a request is no notification.
struct Refusal {
    unsigned status = 422;  ///< 400, 415 or 422
    std::string detail;
    std::vector<siigo::Complaint> errors;
};

/// What a request to the webhook's address amounts to. Either a notification or a refusal is there; the rest is what
/// the log entry says of it, as far as it could be read.
struct Reception {
    std::optional<siigo::Notification> notification;
    std::optional<Refusal> refusal;
    std::string topic;
    std::string company_key;
    std::string code;
    std::optional<ProductId> product;
};

/// Pure. `known_company_key`: empty, when not known; then any company's is taken.
Reception read_reception(const HttpRequest& request, std::string_view known_company_key);

/// `member: reason; member: reason`, bounded: the log entry's `error`.
std::string in_one_line(const Refusal& refusal);

}  // namespace stockcast
