#pragma once

#include <string_view>

/// The files of src/http/contract/, part of the program: what of the contract can't be told from the route table.
namespace stockcast::contract_text {

/// What OpenAPI's document has beside the paths, and `operations` by "METHOD /pattern": description, answers, bodies,
/// headers, and what narrows or illustrates the table's query parameters.
extern const std::string_view api;
/// AsyncAPI's document without schemas.
extern const std::string_view stream;
/// The schemas of both, by name. Written in what JSON Schema's draft 7 (AsyncAPI) and 2020-12 (OpenAPI 3.1) share.
extern const std::string_view schemas;

}  // namespace stockcast::contract_text
