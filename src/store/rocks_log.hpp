#pragma once

#include "stockcast/base/log.hpp"

#include <rocksdb/env.h>

namespace stockcast {

/// RocksDB's warnings and errors, in our own log. RocksDB's own file of them (`LOG`) is not kept: once a full disk has
/// refused a piece of it, the next line ends the process where RocksDB is built with assertions, as Debian's 7.8.3 is
/// (`WritableFileWriter::AssertFalseAndGetStatusForPrevError`).
class RocksLog final : public rocksdb::Logger {
public:
    /// Null: nobody is told. The log outlives the database.
    explicit RocksLog(Log* log) : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), log_(log) {}

    using Logger::Logv;
    void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;

private:
    Log* const log_;
};

}  // namespace stockcast
