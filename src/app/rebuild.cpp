// `stockcast rebuild`: a damaged store becomes one that a server can go on with, under a new epoch, without a backup.
//
// What is there is moved aside, never changed. Unless told to begin without it, its copy takes its place, cut before the
// damage if that is in its log, and only if it passes all that `verify` checks: half a history is none.
#include "app/draft.hpp"
#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/store_check.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/store/backup.hpp"
#include "stockcast/store/directory_lock.hpp"

#include <cstdio>
#include <filesystem>
#include <string>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

bool is_there(const std::string& path) {
    std::error_code failed;
    return fs::exists(path, failed);
}

void refuse_without_store(const std::string& data_dir) {
    if (is_there(data_dir + "/rocksdb") || is_there(data_dir + '/' + head_name)) return;
    throw Failure{"There is no store in " + data_dir + ": the next start makes one",
                  "No hay ningún almacén en " + data_dir + ": el próximo inicio crea uno"};
}

[[noreturn]] void not_whole(const std::string& english, const std::string& spanish) {
    throw Failure{
        "What is left of the history is not whole: " + english +
            ". Nothing was changed. Restore a backup, or begin without the history: stockcast rebuild --empty",
        "Lo que queda de la historia no está completo: " + spanish +
            ". No se cambió nada. Restaure una copia, o empiece sin la historia: stockcast rebuild --empty"};
}

StoreCheck make_copy(const std::string& data_dir, const std::string& draft, Language language) {
    SystemRandom random;
    ProgressLine progress;
    try {
        const auto names = database_files(data_dir);
        refuse_without_room(data_dir, bytes_of(data_dir, names));
        copy_files(data_dir, draft, names, copying_shown_on(progress, language));
        adopt_copy(draft, EpochOf::renewed, LogOf::before_damage, random);
        OfflineStore copy{draft, random};
        return check_store(copy, progress, language);
    } catch (const StoreRefused& refused) {
        not_whole(refused.what(), refused.spanish());
    }
}

/// Gives the aside a name by the second, so that a second rebuild doesn't meet the first one's.
std::string make_aside(const std::string& data_dir) {
    auto time = SystemClock{}.wall().to_iso_s();
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    auto aside = data_dir + "/damaged-" + time;
    make_private_directory(aside);
    return aside;
}

/// The head last: a server that meets one without a database says so, where it would begin anew without either.
void exchange(const std::string& data_dir, const std::string& draft, const std::string& aside) {
    for (const auto* name : {"rocksdb", head_name}) {
        const auto place = data_dir + '/' + name;
        if (is_there(place)) put_in_place(place, aside + '/' + name);
        if (is_there(draft + '/' + name)) put_in_place(draft + '/' + name, place);
    }
}

}  // namespace

int rebuild(const Settings& settings, bool empty, Language language) {
    const bool spanish = language == Language::spanish;
    const auto& data_dir = settings.data_dir;
    const Interruption interruption;
    const DirectoryLock lock{data_dir, DirectoryLock::Missing::refuse};
    refuse_without_store(data_dir);

    const Draft draft{data_dir + "/rebuild.partial"};
    StoreCheck check;
    if (!empty) {
        check = make_copy(data_dir, draft.path(), language);
        if (!check.findings.empty()) not_whole(check.findings.front().english, check.findings.front().spanish);
    }
    const auto aside = make_aside(data_dir);
    exchange(data_dir, draft.path(), aside);

    if (empty) {
        std::printf(spanish ? "✅ %s queda sin almacén: el próximo inicio lo llena desde SIIGO, con una época nueva.\n"
                            : "✅ %s holds no store now: the next start fills one from SIIGO, under a new epoch.\n",
                    data_dir.c_str());
    } else {
        std::printf(spanish ? "✅ Reconstruido en %s: %llu productos, cambio %llu, con una época nueva. El próximo "
                              "inicio trae de SIIGO lo que cambió desde entonces.\n"
                            : "✅ Rebuilt in %s: %llu products, change %llu, under a new epoch. The next start fetches "
                              "from SIIGO what has changed since.\n",
                    data_dir.c_str(), static_cast<unsigned long long>(check.entries_of(Family::products)),
                    static_cast<unsigned long long>(check.head));
    }
    std::printf(spanish ? "Lo que había está en %s: bórrelo cuando ya no lo necesite, y haga revisar el disco.\n"
                        : "What was there is in %s: remove it when nobody needs it, and have the disk checked.\n",
                aside.c_str());
    return 0;
}

}  // namespace stockcast
