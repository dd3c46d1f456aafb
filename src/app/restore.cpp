// `stockcast restore DIR`: a backup becomes the store of an empty DATA_DIR.
#include "app/draft.hpp"
#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/store_check.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/store/backup.hpp"
#include "stockcast/store/directory_lock.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t manifest_bytes_max = 64u << 20;

[[noreturn]] void damaged(const std::string& directory, const std::string& english, const std::string& spanish) {
    throw Failure{
        "The backup in " + directory + " is damaged: " + english + ". Nothing was restored; use another backup",
        "La copia en " + directory + " está dañada: " + spanish + ". No se restauró nada; use otra copia"};
}

BackupManifest read_manifest(const std::string& directory) {
    const auto path = fs::path{directory} / manifest_name;
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    std::ifstream in{path, std::ios::binary};
    if (failed || !in || size > manifest_bytes_max) {
        throw Failure{"There is no backup in " + directory + ": name the directory that `stockcast backup` made",
                      "No hay ninguna copia en " + directory + ": indique el directorio que hizo `stockcast backup`"};
    }
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto manifest = parse_manifest(text);
    if (!manifest) damaged(directory, "backup.json can't be read", "backup.json no se puede leer");
    if (manifest->format > store_format_version) {
        throw Failure{"The backup in " + directory + " was made by a newer " + manifest->program +
                          ": restore it with that version or a later one",
                      "La copia en " + directory + " la hizo una versión más nueva, " + manifest->program +
                          ": restáurela con esa o una posterior"};
    }
    return *std::move(manifest);
}

/// Names and sizes, before anything is written. Damage within a file shows when it is copied.
void check_sizes(const std::string& directory, const BackupManifest& manifest) {
    for (const auto& file : manifest.files) {
        std::error_code failed;
        const auto size = fs::file_size(fs::path{directory} / file.name, failed);
        if (failed) damaged(directory, file.name + " is missing", "falta " + file.name);
        if (size != file.bytes) {
            damaged(directory,
                    file.name + " has " + std::to_string(size) + " bytes instead of " + std::to_string(file.bytes),
                    file.name + " tiene " + std::to_string(size) + " bytes en vez de " + std::to_string(file.bytes));
        }
    }
}

/// `lost+found` is of the disk; the others are what an interrupted restore left.
void refuse_unless_empty(const std::string& data_dir) {
    std::error_code failed;
    if (!fs::exists(data_dir, failed)) return;
    const bool was_interrupted = fs::exists(fs::path{data_dir} / unfinished_restore, failed);
    for (fs::directory_iterator entry{data_dir, failed}, end; !failed && entry != end; entry.increment(failed)) {
        const auto name = entry->path().filename().string();
        if (name == "lost+found" ||
            (was_interrupted && (name == unfinished_restore || name == "jwt.key" || name == head_name)))
            continue;
        throw Failure{"DATA_DIR=" + data_dir + " is not empty (" + name +
                          "): a backup is restored into an empty one. Name another, or move what is there away",
                      "DATA_DIR=" + data_dir + " no está vacío (" + name +
                          "): una copia se restaura en uno vacío. Indique otro, o mueva lo que hay allí"};
    }
    if (failed) throw Failure{data_dir + ": " + failed.message(), data_dir + ": " + failed.message()};
}

void copy_backup(const std::string& directory, const std::string& draft, const BackupManifest& manifest,
                 const CopyProgress& progress) {
    std::vector<std::string> names;
    for (const auto& file : manifest.files) names.push_back(file.name);
    const auto copied = copy_files(directory, draft, names, progress);
    for (std::size_t i = 0; i < copied.size(); ++i) {
        if (copied[i] == manifest.files[i]) continue;
        damaged(directory, copied[i].name + " does not have the bytes that were backed up",
                copied[i].name + " no tiene los bytes que se copiaron");
    }
}

void move_into_place(const std::string& draft, const std::string& data_dir) {
    std::error_code failed;
    // The database last: until it is there, the restore is not finished.
    for (const auto* name : {"jwt.key", head_name, "rocksdb"}) {
        const auto from = draft + '/' + name;
        if (fs::exists(from, failed)) put_in_place(from, data_dir + '/' + name);
    }
}

}  // namespace

int restore(const Settings& settings, const std::string& directory, bool same_epoch, Language language) {
    const bool spanish = language == Language::spanish;
    SystemRandom random;
    const auto manifest = read_manifest(directory);
    check_sizes(directory, manifest);
    refuse_unless_empty(settings.data_dir);
    std::uint64_t bytes = 0;
    for (const auto& file : manifest.files) bytes += file.bytes;
    refuse_without_room(settings.data_dir, bytes);

    const Interruption interruption;
    const DirectoryLock lock{settings.data_dir, DirectoryLock::Missing::make};
    const Draft draft{settings.data_dir + '/' + unfinished_restore};  // a server doesn't start beside it
    StoreCheck check;
    {
        ProgressLine progress;
        copy_backup(directory, draft.path(), manifest, copying_shown_on(progress, language));
        adopt_copy(draft.path(), same_epoch ? EpochOf::copied : EpochOf::renewed, LogOf::whole, random);
        OfflineStore copy{draft.path(), random};
        check = check_store(copy, progress, language);
    }
    if (!check.findings.empty()) damaged(directory, check.findings.front().english, check.findings.front().spanish);
    if (check.head != manifest.seq) {
        damaged(
            directory,
            "its last change is " + std::to_string(check.head) + ", backup.json says " + std::to_string(manifest.seq),
            "su último cambio es " + std::to_string(check.head) + ", backup.json dice " + std::to_string(manifest.seq));
    }
    move_into_place(draft.path(), settings.data_dir);

    const auto products = static_cast<unsigned long long>(check.entries_of(Family::products));
    const auto head = static_cast<unsigned long long>(check.head);
    const char* said = spanish ? "✅ Restaurado en %s: %llu productos, cambio %llu, con la época %s. %s\n"
                               : "✅ Restored into %s: %llu products, change %llu, under %s epoch. %s\n";
    const char* epoch = spanish ? (same_epoch ? "de la copia" : "nueva") : (same_epoch ? "the backup's" : "a new");
    const char* then = spanish ? "El próximo inicio trae de SIIGO lo que cambió desde entonces."
                               : "The next start fetches from SIIGO what has changed since.";
    std::printf(said, settings.data_dir.c_str(), products, head, epoch, then);
    return 0;
}

}  // namespace stockcast
