#include "stockcast/store/backup.hpp"

#include "store/head_check.hpp"
#include "store/refusal.hpp"
#include "store/rocks_open.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/directory_lock.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

/// RocksDB's log, its lock and what a crash left of a file are no part of the data.
bool is_data(const std::string& name) {
    return name == "CURRENT" || name == "IDENTITY" || name.starts_with("MANIFEST-") || name.ends_with(".sst") ||
           name.ends_with(".log") || name.ends_with(".blob");
}

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator entry{database_path(directory), failed}, end; !failed && entry != end;
         entry.increment(failed))
        names.push_back(entry->path().filename().string());
    if (failed) throw refused_by_system(directory, failed.value());
    return names;
}

std::optional<std::uint64_t> count_of(const Json* value) {
    const auto* written = value ? value->if_number() : nullptr;
    if (!written) return std::nullopt;
    const auto& text = written->text;
    std::uint64_t number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    return bad == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

std::string text_of(const Json& json, std::string_view name) {
    const auto* value = json.find(name);
    return value && value->if_string() ? *value->if_string() : std::string{};
}

/// A name that leads out of the backup would let a forged one read or write anywhere.
bool is_plain(const std::string& name) {
    const fs::path path{name};
    return !name.empty() && path.is_relative() &&
           std::ranges::none_of(path, [](const fs::path& part) { return part == ".." || part == "." || part.empty(); });
}

Result<BackupFile> parse_file(const Json& json) {
    const auto bytes = count_of(json.find("bytes"));
    const auto crc = count_of(json.find("crc32"));
    BackupFile file{.name = text_of(json, "name"), .bytes = bytes.value_or(0), .crc = 0};
    if (!bytes || !crc || *crc > 0xffffffff || !is_plain(file.name)) return Errc::malformed;
    file.crc = static_cast<std::uint32_t>(*crc);
    return file;
}

}  // namespace

std::string to_json(const BackupManifest& manifest) {
    std::string files = "[";
    for (const auto& file : manifest.files) {
        files += files.size() > 1 ? ",\n  " : "\n  ";
        JsonObjectWriter writer{files};
        writer.string("name", file.name);
        writer.raw("bytes", std::to_string(file.bytes)).raw("crc32", std::to_string(file.crc)).close();
    }
    std::string json;
    JsonObjectWriter writer{json};
    writer.string("program", manifest.program).raw("format", std::to_string(manifest.format));
    writer.string("made_at", manifest.made_at).string("epoch", manifest.epoch);
    writer.raw("seq", std::to_string(manifest.seq)).raw("files", files + "\n]").close();
    return json + '\n';
}

Result<BackupManifest> parse_manifest(std::string_view text) {
    const auto json = parse_json(text, {.depth = 8, .bytes = text.size()});
    if (!json || !json->if_object()) return Errc::malformed;
    const auto format = count_of(json->find("format"));
    const auto seq = count_of(json->find("seq"));
    const auto* files = json->find("files");
    if (!format || *format == 0 || *format > 0xffffffff || !seq || !files || !files->if_array()) return Errc::malformed;
    BackupManifest manifest{.program = text_of(*json, "program"),
                            .format = static_cast<std::uint32_t>(*format),
                            .made_at = text_of(*json, "made_at"),
                            .epoch = text_of(*json, "epoch"),
                            .seq = *seq,
                            .files = {}};
    for (const auto& entry : *files->if_array()) {
        auto file = parse_file(entry);
        if (!file) return file.error();
        manifest.files.push_back(*std::move(file));
    }
    return manifest;
}

std::vector<std::string> database_files(const std::string& directory) {
    std::vector<std::string> names;
    for (const auto& name : names_in(directory)) {
        if (is_data(name)) names.push_back("rocksdb/" + name);
    }
    std::ranges::sort(names);
    return names;
}

std::uint64_t bytes_of(const std::string& directory, const std::vector<std::string>& names) {
    std::uint64_t bytes = 0;
    for (const auto& name : names) {
        std::error_code failed;
        bytes += fs::file_size(fs::path{directory} / name, failed);
        if (failed) throw refused_by_system(directory, failed.value());
    }
    return bytes;
}

std::uint64_t room_for(const std::string& directory) {
    std::error_code failed;
    auto there = fs::absolute(directory, failed);
    while (!failed && !fs::exists(there, failed) && there.has_relative_path()) there = there.parent_path();
    const auto space = fs::space(there, failed);
    if (failed) throw refused_by_system(directory, failed.value());
    return space.available;
}

void adopt_copy(const std::string& directory, EpochOf epoch, LogOf log, Random& random) {
    const RocksSettings settings{.directory = directory, .free_space_floor = 0, .file_system = nullptr};
    auto database = open_database(settings, OpenMode::adopt, log == LogOf::whole ? Tail::refused : Tail::left_out);
    auto reach = reach_of(settings, *database);
    if (epoch == EpochOf::renewed) renew_epoch(settings, *database, random, reach);
    const auto flushed = database->db().Flush(rocksdb::FlushOptions{}, database->all_handles());
    if (!flushed.ok()) throw refused_by_rocksdb(directory, flushed);
    database.reset();
    const auto noted = HeadFile::make(settings, reach.epoch, reach.batches);
    if (!noted.ok()) throw refused_by_rocksdb(directory, noted);
    // What RocksDB wrote beside the data while it was open.
    for (const auto& name : names_in(directory)) {
        std::error_code ignored;
        if (!is_data(name)) fs::remove(fs::path{database_path(directory)} / name, ignored);
    }
}

}  // namespace stockcast
