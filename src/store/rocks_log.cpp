#include "store/rocks_log.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <exception>
#include <string_view>

namespace stockcast {

void RocksLog::Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) {
    if (!log_ || level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    std::array<char, 1024> line{};  // a longer one is cut
    const auto length = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (length < 0) return;
    std::string_view text{line.data()};
    while (text.ends_with('\n')) text.remove_suffix(1);
    try {
        log_->warning(Mark::none, {"RocksDB: {text}", "RocksDB: {text}"}, {{"text", text}});
    } catch (const std::exception&) {  // RocksDB's code is not written for exceptions
    }
}

}  // namespace stockcast
