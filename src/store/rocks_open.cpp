#include "store/rocks_open.hpp"

#include "store/abort_notice.hpp"
#include "store/head_check.hpp"
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

void refuse_unless_ok(const RocksSettings& settings, const rocksdb::Status& status) {
    if (!status.ok()) throw refused_by_rocksdb(settings.directory, status);
}

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
    refuse_unless_ok(settings, rocksdb::DB::ListColumnFamilies(options, path, &names));

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
    refuse_unless_ok(settings, read);

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
    refuse_unless_ok(settings, read);
    const auto floors = decode_floors(value);
    if (!floors) throw refused_damaged(settings.directory, "its floors: " + damage_of(value, records::form_version));
    database.floors().set(*floors);
}

void refuse_what_is_not_ours(const RocksSettings& settings) {
    const auto path = database_path(settings.directory);
    if (!is_database(path)) {
        refuse_remains(settings, path);
        throw refused_missing(settings.directory);
    }
    refuse_unknown_families(settings, path);
}

std::shared_ptr<RocksDatabase> open_as(const RocksSettings& settings, OpenMode mode, Tail tail) {
    std::shared_ptr<RocksDatabase> database;
    refuse_unless_ok(settings, RocksDatabase::open(settings, database_path(settings.directory), mode, tail, database));
    refuse_other_version(settings, *database);
    take_up_floors(settings, *database);
    return database;
}

/// A database as it is found, without a byte written.
struct Look {
    HeadCheck head;
    Tail tail = Tail::refused;  ///< how it is to be opened
    std::shared_ptr<RocksDatabase> database;
    Reach reach;
};

/// Refuses one that lacks what was acknowledged. Its last batch may be torn: RocksDB can't tell that from damage where
/// the disk had written a later part of it and not an earlier one; the head can.
Look look(const RocksSettings& settings) {
    Look seen{.head = HeadCheck{settings}, .database = nullptr, .reach = {}};
    try {
        seen.database = open_as(settings, OpenMode::read_in_place, Tail::refused);
    } catch (const StoreRefused& refused) {
        if (refused.reason() != StoreRefused::Reason::damaged || !seen.head.is_there()) throw;
        seen.tail = Tail::left_out;
        seen.database = open_as(settings, OpenMode::read_in_place, seen.tail);
        if (!seen.head.has_all(reach_of(settings, *seen.database))) throw;
    }
    seen.reach = reach_of(settings, *seen.database);
    if (seen.head.knows(seen.reach) && !seen.head.has_all(seen.reach)) {
        throw refused_damaged(settings.directory, "what was acknowledged last is missing; its log ends with batch " +
                                                      std::to_string(seen.reach.batches) + " of " +
                                                      std::to_string(seen.head.done(seen.reach)));
    }
    return seen;
}

/// Where the head is gone or not this store's, nobody knows whether the log lacks its end. Then nothing that a client
/// holds may be taken for a place in it.
void go_on_under_new_epoch(const RocksSettings& settings, RocksDatabase& database, Random* random, Reach& reach) {
    if (!random) throw refused_damaged(settings.directory, "its head can't be read any more");
    renew_epoch(settings, database, *random, reach);
    if (!settings.log) return;
    settings.log->error({"The store's head ({directory}/head) is missing, damaged or of another store, so nobody can "
                         "tell whether its log lacks its end. It goes on under a new epoch: every client reads "
                         "everything again",
                         "La cabeza del almacén ({directory}/head) falta, está dañada o es de otro almacén, así que no "
                         "se sabe si a su bitácora le falta el final. Sigue con una época nueva: cada cliente lee todo "
                         "de nuevo"},
                        {{"directory", settings.directory}});
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
    if (fs::exists(fs::path{settings.directory} / head_name, unknown))
        throw refused_damaged(settings.directory, "its head is there, but rocksdb/ is missing");

    const auto unfinished = path + ".new";
    std::error_code failed;
    fs::remove_all(unfinished, failed);
    if (failed) throw refused_by_system(settings.directory, failed.value());
    make_private_directory(unfinished);
    {
        std::shared_ptr<RocksDatabase> database;
        refuse_unless_ok(settings,
                         RocksDatabase::open(settings, unfinished, OpenMode::create, Tail::refused, database));
        rocksdb::WriteBatch first;
        auto* meta = database->handle(Family::meta);
        auto filled = first.Put(meta, slice_of(keys::epoch), records::encode_text(random.token(16)));
        if (filled.ok()) {
            filled = first.Put(meta, slice_of(keys::format_version),
                               records::encode_text(std::to_string(store_format_version)));
        }
        refuse_unless_ok(settings, filled.ok() ? database->db().Write(durable_write(), &first) : filled);
    }
    if (std::rename(unfinished.c_str(), path.c_str()) != 0) throw refused_by_system(settings.directory, errno);
    lock.sync();
}

std::shared_ptr<RocksDatabase> open_database(const RocksSettings& settings, OpenMode mode, Tail tail) {
    const AbortNotice notice{settings.directory};
    refuse_what_is_not_ours(settings);
    if (mode == OpenMode::read_in_place) return look(settings).database;
    return open_as(settings, mode, tail);
}

std::shared_ptr<RocksDatabase> open_for_commits(const RocksSettings& settings, Random* random) {
    const AbortNotice notice{settings.directory};
    refuse_what_is_not_ours(settings);
    // Opening for writing takes the log up into tables and removes it, so what it lacks is looked at before.
    auto seen = look(settings);
    seen.database.reset();
    if (seen.tail == Tail::left_out && settings.log) {
        settings.log->warning(Mark::none,
                              {"The last record of the store's log was torn by a crash. Nobody had been told of it; it "
                               "is left out",
                               "Un corte dañó el último registro de la bitácora del almacén. A nadie se le había "
                               "informado; se omite"});
    }
    auto database = open_as(settings, OpenMode::read_write, seen.tail);
    auto& reach = seen.reach;
    if (!seen.head.knows(reach)) {
        const bool has_never_had_one = !seen.head.is_there() && reach.batches == 0;
        if (!has_never_had_one) go_on_under_new_epoch(settings, *database, random, reach);
        refuse_unless_ok(settings, HeadFile::make(settings, reach.epoch, reach.batches));
    }
    std::unique_ptr<HeadFile> head;
    refuse_unless_ok(settings, HeadFile::open(settings, reach.epoch, reach.batches, head));
    database->set_head(std::move(head));
    return database;
}

}  // namespace stockcast
