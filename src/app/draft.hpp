#pragma once

#include "app/progress_line.hpp"

#include "stockcast/base/log.hpp"
#include "stockcast/store/backup.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace stockcast {

/// A directory in which something is made that gets its place when it is whole. What a killed program left there goes
/// first, and what is left of this one last.
class Draft {
public:
    explicit Draft(std::string path) : path_(std::move(path)) { clear(); }
    ~Draft() { clear(); }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    const std::string& path() const { return path_; }

private:
    void clear() const {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string path_;
};

/// Shows how far a copy has come, and ends it when the user interrupts.
CopyProgress copying_shown_on(ProgressLine& progress, Language language);

/// Throws Failure unless the disk of `directory` has room for a copy of that many bytes, and some to spare: a copy that is
/// opened takes its log up into files.
void refuse_without_room(const std::string& directory, std::uint64_t bytes);

}  // namespace stockcast
