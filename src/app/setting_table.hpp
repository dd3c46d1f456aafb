#pragma once

#include "stockcast/base/log.hpp"

#include <span>
#include <string_view>

namespace stockcast {

struct ManualSection;

/// One setting as it is told: in the manual page, in `.env.example` (a test compares them), and when a misspelt name
/// is met.
struct SettingEntry {
    std::string_view name;
    std::string_view standard;  ///< the default, as it would be written; empty: not set
    bool secret;                ///< also by NAME_FILE or systemd's credentials; its value is never shown
    Sentence meaning;
};

/// Every setting there is, in the order of `.env.example`.
std::span<const SettingEntry> setting_table();

/// The manual page's section of them.
ManualSection settings_section(Language language);

}  // namespace stockcast
