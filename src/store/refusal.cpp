#include "store/refusal.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace stockcast {
namespace {

using Reason = StoreRefused::Reason;

StoreRefused no_room(const std::string& directory, const std::string& what) {
    return {Reason::no_room,
            "No room on the disk to open the store in " + directory + " (" + what +
                "). Free some space there, or move DATA_DIR to a larger disk, and start again.",
            "No hay espacio en el disco para abrir el almacén en " + directory + " (" + what +
                "). Libere espacio allí, o mueva DATA_DIR a un disco mayor, y vuelva a iniciar."};
}

StoreRefused unreachable(const std::string& directory, const std::string& what) {
    return {
        Reason::unreachable,
        "The store in " + directory + " can't be opened: " + what +
            ". Check that DATA_DIR names the right directory and that the user who runs stockcast may read and write "
            "it.",
        "No se puede abrir el almacén en " + directory + ": " + what +
            ". Revise que DATA_DIR nombre el directorio correcto y que el usuario que ejecuta stockcast pueda leerlo y "
            "escribirlo."};
}

}  // namespace

StoreRefused::StoreRefused(Reason reason, const std::string& english, std::string spanish)
    : std::runtime_error(english), reason_(reason), spanish_(std::move(spanish)) {}

StoreRefused refused_locked(const std::string& directory) {
    return {Reason::locked,
            "The store in " + directory +
                " is in use: another stockcast runs on it. Stop that one, or give this one a DATA_DIR of its own.",
            "El almacén en " + directory +
                " está en uso: otro stockcast trabaja sobre él. Detenga ese, o dele a este un DATA_DIR propio."};
}

StoreRefused refused_newer(const std::string& directory, const std::string& its_version,
                           const std::string& our_version) {
    return {Reason::newer_version,
            "The store in " + directory + " was written by a newer stockcast (store format " + its_version +
                "; this program knows format " + our_version +
                "). Run that newer version, or restore a backup made by this one into an empty DATA_DIR.",
            "El almacén en " + directory + " fue escrito por un stockcast más nuevo (formato " + its_version +
                "; este programa conoce el formato " + our_version +
                "). Ejecute esa versión más nueva, o restaure en un DATA_DIR vacío una copia hecha por esta."};
}

StoreRefused refused_damaged(const std::string& directory, const std::string& what) {
    return {
        Reason::damaged,
        "The store in " + directory + " is damaged: " + what +
            ". Nothing was changed. Two ways out: restore a backup into an empty DATA_DIR (stockcast restore), or "
            "rebuild "
            "the mirror from SIIGO under a new epoch (stockcast rebuild: it keeps the history if that is whole, with "
            "--empty it begins without one). Have the disk checked.",
        "El almacén en " + directory + " está dañado: " + what +
            ". No se cambió nada. Hay dos salidas: restaurar una copia en un DATA_DIR vacío (stockcast restore), o "
            "reconstruir el espejo desde SIIGO con una época nueva (stockcast rebuild: conserva la historia si está "
            "completa; con --empty empieza sin ella). Haga revisar el disco."};
}

StoreRefused refused_foreign(const std::string& directory) {
    return {
        Reason::foreign,
        "What lies in " + directory +
            "/rocksdb is not a stockcast store. Give stockcast a DATA_DIR of its own; an empty or missing "
            "directory will do. If it was a store, it is damaged: restore a backup into an empty DATA_DIR (stockcast "
            "restore), or start with an empty one, which rebuilds the mirror from SIIGO under a new epoch.",
        "Lo que hay en " + directory +
            "/rocksdb no es un almacén de stockcast. Dele a stockcast un DATA_DIR propio; sirve un directorio "
            "vacío o que aún no exista. Si era un almacén, está dañado: restaure una copia en un DATA_DIR vacío "
            "(stockcast restore), o empiece con uno vacío, lo que reconstruye el espejo desde SIIGO con una época "
            "nueva."};
}

StoreRefused refused_missing(const std::string& directory) {
    return {Reason::unreachable,
            "There is no store in " + directory + ". Name the DATA_DIR of a stockcast that has run.",
            "No hay ningún almacén en " + directory + ". Indique el DATA_DIR de un stockcast que ya haya funcionado."};
}

StoreRefused refused_unfinished_restore(const std::string& directory) {
    return {
        Reason::unreachable,
        "A restore into " + directory +
            " was not finished. Run stockcast restore again, or empty the directory to begin without its data.",
        "Una restauración en " + directory +
            " no se terminó. Ejecute stockcast restore de nuevo, o vacíe el directorio para empezar sin sus datos."};
}

StoreRefused refused_no_copy(const std::string& directory, const std::string& why) {
    return {Reason::unreachable,
            "The store in " + directory + " is in use, and the stockcast that runs on it made no copy of it (" + why +
                "). Ask again as the user who runs it, or stop it first.",
            "El almacén en " + directory + " está en uso, y el stockcast que trabaja sobre él no hizo una copia (" +
                why + "). Pídalo de nuevo como el usuario que lo ejecuta, o deténgalo antes."};
}

StoreRefused refused_by_system(const std::string& directory, int error_number) {
    const auto what = std::generic_category().message(error_number);
    return error_number == ENOSPC || error_number == EDQUOT ? no_room(directory, what) : unreachable(directory, what);
}

StoreRefused refused_by_rocksdb(const std::string& directory, const rocksdb::Status& status) {
    if (status.IsBusy()) return refused_locked(directory);
    if (status.IsNoSpace()) return no_room(directory, status.ToString());
    // A file that the MANIFEST names and the directory lacks is a loss like any other.
    if (status.IsCorruption() || status.IsPathNotFound() || status.IsInvalidArgument() || status.IsNotSupported()) {
        return refused_damaged(directory, status.ToString());
    }
    return unreachable(directory, status.ToString());
}

}  // namespace stockcast
