#pragma once

#include "stockcast/app/usage.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

/// What the tools that read a store have in common: how they begin, complain and end, and how they are told a time.
namespace stockcast::tool {

inline constexpr int done = 0;
inline constexpr int failed = 1;

/// Reads the arguments that `declare` names, then calls `work` for the exit code. `work` may throw CLI::ValidationError
/// for what single options can't tell (exit 2), StoreRefused or any other exception (exit 1).
int run(const char* name, Sentence description, int argc, char** argv,
        const std::function<void(Declaration& options, Language language)>& declare, const std::function<int()>& work);

/// `--from` and `--to` take a time (`2025-01-20`, `2025-01-20T10:30:00Z`); `or_seq`: or a place in the change log.
CLI::Validator time(Language language);
CLI::Validator time_or_seq(Language language);

}  // namespace stockcast::tool
