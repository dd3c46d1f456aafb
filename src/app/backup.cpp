// `stockcast backup DIR`: a consistent copy of the store, also while the server runs, checked after it was written.
#include "stockcast/store/backup.hpp"

#include "app/draft.hpp"
#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/store_check.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <cstdio>
#include <filesystem>
#include <utility>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void not_new(const std::string& place) {
    throw Failure{
        place + " is there already and not empty. Name a directory that does not exist yet: each backup has its own",
        place + " ya existe y no está vacío. Indique un directorio que aún no exista: cada copia tiene el suyo"};
}

/// Where the backup is to be: absolute, not there yet (or empty), not within the store that it copies.
fs::path place_of(const std::string& directory, const std::string& data_dir) {
    std::error_code failed;
    auto place = fs::absolute(directory, failed).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();
    if (fs::exists(place, failed) && (!fs::is_directory(place, failed) || !fs::is_empty(place, failed)))
        not_new(place.string());
    const auto data = fs::weakly_canonical(data_dir, failed);
    const auto resolved = fs::weakly_canonical(place, failed);
    if (std::mismatch(data.begin(), data.end(), resolved.begin(), resolved.end()).first == data.end()) {
        throw Failure{place.string() + " lies in DATA_DIR: what happens to that would happen to the backup too",
                      place.string() + " está dentro de DATA_DIR: lo que le pase a este le pasaría también a la copia"};
    }
    return place;
}

std::vector<std::string> key_files(const std::string& data_dir) {
    std::error_code failed;
    return fs::exists(fs::path{data_dir} / "jwt.key", failed) ? std::vector<std::string>{"jwt.key"}
                                                              : std::vector<std::string>{};
}

std::vector<std::string> copy_all(const std::string& data_dir, const std::string& draft, Random& random,
                                  const CopyProgress& progress) {
    OfflineStore source{data_dir, random};
    const auto names = database_files(source.directory());
    refuse_without_room(draft, bytes_of(source.directory(), names));
    copy_files(source.directory(), draft, names, progress);
    const auto keys = key_files(data_dir);
    copy_files(data_dir, draft, keys, {});
    return keys;
}

void refuse_faulty(const StoreCheck& check) {
    if (check.findings.empty()) return;
    const auto& first = check.findings.front();
    throw Failure{"The copy is not in order, so it is not kept: " + first.english +
                      ". `stockcast verify` lists all that is wrong with the store",
                  "La copia no está en orden y no se conserva: " + first.spanish +
                      ". `stockcast verify` muestra todo lo que está mal en el almacén"};
}

}  // namespace

int backup(const Settings& settings, const std::string& directory, Language language) {
    const bool spanish = language == Language::spanish;
    SystemRandom random;
    yield_to_others();
    const auto place = place_of(directory, settings.data_dir);
    const Interruption interruption;
    const Draft draft{place.string() + ".partial-" + random.token(6)};

    StoreCheck check;
    BackupManifest manifest;
    {
        ProgressLine progress;
        const auto keys = copy_all(settings.data_dir, draft.path(), random, copying_shown_on(progress, language));
        adopt_copy(draft.path(), EpochOf::copied, LogOf::whole, random);
        {
            OfflineStore copy{draft.path(), random};
            check = check_store(copy, progress, language);
        }
        refuse_faulty(check);
        auto names = database_files(draft.path());
        names.emplace_back(head_name);
        names.insert(names.end(), keys.begin(), keys.end());
        manifest = {.program = std::string{"stockcast "} + STOCKCAST_VERSION,
                    .format = store_format_version,
                    .made_at = SystemClock{}.wall().to_iso_s(),
                    .epoch = check.epoch,
                    .seq = check.head,
                    .files = list_files(draft.path(), names)};
    }
    write_file(draft.path() + '/' + manifest_name, to_json(manifest));
    put_in_place(draft.path(), place.string());

    std::uint64_t bytes = 0;
    for (const auto& file : manifest.files) bytes += file.bytes;
    const auto products = check.entries_of(Family::products);
    if (spanish) {
        std::printf(
            "✅ Copia verificada en %s: %llu productos, cambio %llu, %s.\n"
            "Contiene secretos (la llave de los tokens y el secreto del webhook): guárdela como al servidor.\n",
            place.c_str(), static_cast<unsigned long long>(products), static_cast<unsigned long long>(check.head),
            in_megabytes(bytes).c_str());
    } else {
        std::printf(
            "✅ Verified backup in %s: %llu products, change %llu, %s.\n"
            "It holds secrets (the tokens' key and the webhook's secret): keep it as safe as the server.\n",
            place.c_str(), static_cast<unsigned long long>(products), static_cast<unsigned long long>(check.head),
            in_megabytes(bytes).c_str());
    }
    return 0;
}

}  // namespace stockcast
