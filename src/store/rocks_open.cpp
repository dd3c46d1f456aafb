#include "store/rocks_open.hpp"

#include "store/abort_notice.hpp"
#include "store/record_parts.hpp"
#include "store/refusal.hpp"
#include "store/rocks_reader.hpp"

#include "stockcast/store/backup.hpp"
#include "stockcast/store/fields.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

bool is_database(const std::string& path) {
    std::error_code ignored;
    return fs::exists(path + "/CURRENT", ignored);
}

/// A directory without CURRENT can hold nothing (a mount point made beforehand), the remains of a database, or strange
/// files.
void refuse_remains(const RocksSettings& settings, const std::string& path) {
    std::error_code failed;
    if (!fs::exists(path, failed)) return;
    bool is_empty = true;
    for (fs::directory_iterator entry{path, failed}, end; !failed && entry != end; entry.increment(failed)) {
        const auto name = entry->path().filename().string();
        if (name.starts_with("MANIFEST-") || name.ends_with(".sst") || name.ends_with(".log")) {
            throw refused_damaged(settings.directory, "rocksdb/CURRENT is missing");
        }
        is_empty = false;
    }
    if (failed) throw refused_by_system(settings.directory, failed.value());
    if (!is_empty) throw refused_foreign(settings.directory);
}

/// Reads the format version alone: of a store that has families which this program doesn't know.
std::string version_of_unknown(const RocksSettings& settings, const std::string& path) {
    const rocksdb::ColumnFamilyOptions plain;
    const std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, plain},
                                                                {std::string{to_string(Family::meta)}, plain}};
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    const auto env = rocksdb::NewCompositeEnv(disk_of(settings));
    rocksdb::DBOptions options;
    options.env = env.get();
    // Without it a MANIFEST that names logs, as ours do, ends the process: a RocksDB with assertions has one against that.
    options.track_and_verify_wals_in_manifest = true;
    if (!rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &opened).ok()) return {};

    const std::unique_ptr<rocksdb::DB> db{opened};
    std::string value;
    const auto read = db->Get({}, handles.back(), slice_of(keys::format_version), &value);
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    const auto version = read.ok() ? records::decode_text(value) : Result<std::string>{Errc::not_found};
    return version ? *version : std::string{};
}

void refuse_unknown_families(const RocksSettings& settings, const std::string& path) {
    std::vector<std::string> names;
    const auto env = rocksdb::NewCompositeEnv(disk_of(settings));
    rocksdb::DBOptions options;
    options.env = env.get();
    const auto listed = rocksdb::DB::ListColumnFamilies(options, path, &names);
    if (!listed.ok()) throw refused_by_rocksdb(settings.directory, listed);

    std::size_t ours = 0;
    for (const auto& name : names) ours += family_from(name) ? 1 : 0;
    if (ours == family_count && names.size() == family_count + 1) return;
    const auto version = version_of_unknown(settings, path);
    if (version.empty()) throw refused_foreign(settings.directory);
    if (version != std::to_string(store_format_version))
        throw refused_newer(settings.directory, version, std::to_string(store_format_version));
    throw refused_damaged(settings.directory, "column families are missing in its MANIFEST");
}

void refuse_other_version(const RocksSettings& settings, RocksDatabase& database) {
    std::string value;
    const auto read = database.db().Get({}, database.handle(Family::meta), slice_of(keys::format_version), &value);
    if (read.IsNotFound()) throw refused_damaged(settings.directory, "its format version is missing");
    if (!read.ok()) throw refused_by_rocksdb(settings.directory, read);

    const auto text = records::decode_text(value);
    if (!text) {
        // This one value keeps form 1 for good, so that every version can read it: whatever else is there is damage.
        throw refused_damaged(settings.directory, "its format version: " + damage_of(value, store_format_version));
    }
    std::uint32_t version = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), version);
    if (parsed.ec != std::errc{} || version == 0) {
        throw refused_damaged(settings.directory, "its format version reads \"" + *text + '"');
    }
    if (version > store_format_version) {
        throw refused_newer(settings.directory, *text, std::to_string(store_format_version));
    }
}

void take_up_floors(const RocksSettings& settings, RocksDatabase& database) {
    std::string value;
    const auto read = database.db().Get({}, database.handle(Family::meta), slice_of(keys::floors), &value);
    if (read.IsNotFound()) return;  // nothing is gone yet
    if (!read.ok()) throw refused_by_rocksdb(settings.directory, read);
    const auto floors = decode_floors(value);
    if (!floors) throw refused_damaged(settings.directory, "its floors: " + damage_of(value, records::form_version));
    database.floors().set(*floors);
}

}  // namespace

void make_database_if_missing(const RocksSettings& settings, const DirectoryLock& lock, Random& random) {
    const auto path = database_path(settings.directory);
    if (is_database(path)) return;
    refuse_remains(settings, path);
    // A fresh, empty store in its place would look like one that has lost everything.
    std::error_code unknown;
    if (fs::exists(fs::path{settings.directory} / unfinished_restore, unknown))
        throw refused_unfinished_restore(settings.directory);

    const auto unfinished = path + ".new";
    std::error_code failed;
    fs::remove_all(unfinished, failed);
    if (failed) throw refused_by_system(settings.directory, failed.value());
    make_private_directory(unfinished);
    {
        std::shared_ptr<RocksDatabase> database;
        const auto opened = RocksDatabase::open(settings, unfinished, OpenMode::create, database);
        if (!opened.ok()) throw refused_by_rocksdb(settings.directory, opened);
        rocksdb::WriteBatch first;
        auto* meta = database->handle(Family::meta);
        auto filled = first.Put(meta, slice_of(keys::epoch), records::encode_text(random.token(16)));
        if (filled.ok()) {
            filled = first.Put(meta, slice_of(keys::format_version),
                               records::encode_text(std::to_string(store_format_version)));
        }
        const auto written = filled.ok() ? database->db().Write(durable_write(), &first) : filled;
        if (!written.ok()) throw refused_by_rocksdb(settings.directory, written);
    }
    if (std::rename(unfinished.c_str(), path.c_str()) != 0) throw refused_by_system(settings.directory, errno);
    lock.sync();
}

std::shared_ptr<RocksDatabase> open_database(const RocksSettings& settings, OpenMode mode) {
    const AbortNotice notice{settings.directory};
    const auto path = database_path(settings.directory);
    if (!is_database(path)) {
        refuse_remains(settings, path);
        throw refused_missing(settings.directory);
    }
    refuse_unknown_families(settings, path);

    std::shared_ptr<RocksDatabase> database;
    const auto opened = RocksDatabase::open(settings, path, mode, database);
    if (!opened.ok()) throw refused_by_rocksdb(settings.directory, opened);
    refuse_other_version(settings, *database);
    take_up_floors(settings, *database);
    return database;
}

}  // namespace stockcast
