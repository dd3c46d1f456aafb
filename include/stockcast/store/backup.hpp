#pragma once

#include "stockcast/base/random.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/model/ids.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What backup and restore are made of: files copied and checked, a copied database made a store of its own. Blocking.
/// A backup is a directory of the form of a DATA_DIR (`rocksdb/`, `head`, perhaps `jwt.key`) and `backup.json`, which is
/// written last and names every file with its size and CRC-32: without it there is no backup, whatever else there is.
/// All throw StoreRefused where the system or the store is in the way, with the directory in its message.
namespace stockcast {

/// One file of a backup; `name` is relative to its directory.
struct BackupFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
    bool operator==(const BackupFile&) const = default;
};

struct BackupManifest {
    std::string program;  ///< the stockcast that made it
    std::uint32_t format = 0;
    std::string made_at;  ///< UTC, RFC 3339
    std::string epoch;
    Seq seq = 0;
    std::vector<BackupFile> files;
};
inline constexpr const char* manifest_name = "backup.json";
/// In a DATA_DIR: what notes how far the database's log must reach. A database without one starts under a new epoch.
inline constexpr const char* head_name = "head";
/// In a DATA_DIR: what a restore has not finished. A server doesn't start beside it.
inline constexpr const char* unfinished_restore = "restore.partial";
std::string to_json(const BackupManifest& manifest);
/// Errors: `malformed`.
Result<BackupManifest> parse_manifest(std::string_view json);

/// Bytes copied so far and of all; may throw to end the copying.
using CopyProgress = std::function<void(std::uint64_t done, std::uint64_t of_all)>;

/// Names, relative to `directory`, of the files that its database consists of (`rocksdb/…`), without RocksDB's own log,
/// lock and options, and without its head.
std::vector<std::string> database_files(const std::string& directory);
/// Their sizes together.
std::uint64_t bytes_of(const std::string& directory, const std::vector<std::string>& names);
/// Bytes that may still be written to the disk of `directory`; the nearest parent that exists is asked.
std::uint64_t room_for(const std::string& directory);

/// Copies them into `to` (made 0700 with what is missing above it, files 0600), each on disk before the next. What was
/// read is told in sizes and checksums, in the order of `names`.
std::vector<BackupFile> copy_files(const std::string& from, const std::string& to,
                                   const std::vector<std::string>& names, const CopyProgress& progress);
/// Sizes and checksums of files that are there, each put on disk meanwhile.
std::vector<BackupFile> list_files(const std::string& directory, const std::vector<std::string>& names);
/// Puts `text` into a file of mode 0600, on disk when it returns.
void write_file(const std::string& path, std::string_view text);
/// Renames, and makes the name durable.
void put_in_place(const std::string& draft, const std::string& place);

/// Makes of copied database files a store of its own: what only its log held is in files afterwards, and its MANIFEST
/// names no log that a checkpoint lacks; beside them `head` is made. Under a new epoch, streams that clients resume start
/// anew. Of a log that is damaged, what comes before the damage can be kept.
enum class EpochOf { copied, renewed };
enum class LogOf { whole, before_damage };
void adopt_copy(const std::string& directory, EpochOf epoch, LogOf log, Random& random);

}  // namespace stockcast
