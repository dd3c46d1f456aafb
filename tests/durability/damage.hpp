#pragma once

#include "stockcast/base/random.hpp"

#include <string>
#include <vector>

namespace stockcast::test {

/// What the files of a data directory are for.
enum class FileKind {
    log,       ///< a write-ahead log that is still needed
    table,     ///< an SST
    manifest,  ///< which tables and logs there are
    current,   ///< which MANIFEST holds
    options,   ///< RocksDB's own notes of its settings
    identity,  ///< a name that RocksDB gives the database
    side,      ///< ours, beside the database
};
struct DataFile {
    std::string name;  ///< relative to the data directory
    FileKind kind = FileKind::side;
};
/// All of a data directory, in the order of their names; RocksDB's lock aside.
std::vector<DataFile> data_files(const std::string& data_dir);
/// The log that was written last; empty: there is none.
std::string newest_log(const std::string& data_dir);

/// The ends of the records in a file of RocksDB's log format (logs, MANIFEST).
std::vector<std::size_t> record_ends(const std::string& bytes);

struct Damage {
    DataFile file;
    std::string what;  ///< for people, with offsets
};
/// Does one thing to one file of `data_dir`, as chance has it: flips a bit, cuts it short, removes it, puts the contents
/// of a file of the same kind there, of the same directory or of `older` ones.
Damage damage(const std::string& data_dir, const std::vector<std::string>& older, Random& random);

std::string bytes_of_file(const std::string& path);
void put_into_file(const std::string& path, const std::string& bytes);

}  // namespace stockcast::test
