#include "app/check_surroundings.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/offline.hpp"
#include "stockcast/store/records.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

const std::uint64_t floor_bytes = RocksSettings{}.free_space_floor;
constexpr std::uint64_t comfortable_bytes = std::uint64_t{1} << 30;
constexpr std::chrono::seconds copy_patience{15};

std::string owner_name(uid_t uid) {
    const auto* entry = ::getpwuid(uid);
    return entry ? entry->pw_name : std::to_string(uid);
}

std::string in_megabytes(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MB";
}

/// The directory that has to be there already: DATA_DIR's own, or the nearest above it.
fs::path nearest_existing(const std::string& data_dir) {
    std::error_code ignored;
    auto path = fs::absolute(data_dir, ignored).lexically_normal();
    while (path.has_relative_path() && !fs::exists(path, ignored)) path = path.parent_path();
    return path;
}

void check_room(const std::string& data_dir, const fs::path& where, Remarks& findings) {
    struct statvfs disk{};
    if (::statvfs(where.c_str(), &disk) != 0) return;  // what can't be asked is told by the write itself
    const auto free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    const auto room = in_megabytes(free);
    if (free < floor_bytes)
        findings.push_back(Remark::bad("DATA_DIR=" + data_dir + ": the disk has " + room + " free, " +
                                           in_megabytes(floor_bytes) + " are needed; make room",
                                       "DATA_DIR=" + data_dir + ": el disco tiene " + room + " libres, se necesitan " +
                                           in_megabytes(floor_bytes) + "; libere espacio"));
    else if (free < comfortable_bytes)
        findings.push_back(Remark::warning(
            "DATA_DIR=" + data_dir + ": only " + room + " are free; a year of changes may need more",
            "DATA_DIR=" + data_dir + ": solo quedan " + room + " libres; un año de cambios puede necesitar más"));
}

/// Magic numbers of statfs(2).
void check_file_system(const std::string& data_dir, const fs::path& where, Remarks& findings) {
    struct statfs disk{};
    if (::statfs(where.c_str(), &disk) != 0) return;
    const auto kind = static_cast<unsigned long>(disk.f_type) & 0xffffffffUL;
    if (kind == 0x01021994 || kind == 0x858458f6)
        findings.push_back(Remark::warning(
            "DATA_DIR=" + data_dir + " lies in memory (tmpfs): a restart of the machine loses it; use a disk",
            "DATA_DIR=" + data_dir + " está en memoria (tmpfs): se pierde al reiniciar el equipo; use un disco"));
    else if (kind == 0x6969 || kind == 0xff534d42 || kind == 0xfe534d42 || kind == 0x517b)
        findings.push_back(
            Remark::bad("DATA_DIR=" + data_dir +
                            " lies on a network file system, whose locks and fsync can't be relied on; use a "
                            "disk of this machine",
                        "DATA_DIR=" + data_dir +
                            " está en un sistema de archivos de red, cuyos bloqueos y fsync no son "
                            "confiables; use un disco de este equipo"));
    else if (kind == 0x794c7630)
        findings.push_back(Remark::warning(
            "DATA_DIR=" + data_dir + " lies in a container's own layer and goes with it; mount a volume",
            "DATA_DIR=" + data_dir + " está en la capa del contenedor y se va con él; monte un volumen"));
}

void check_owner(const std::string& data_dir, const struct stat& facts, Remarks& findings) {
    const auto owner = owner_name(facts.st_uid);
    const auto me = ::geteuid();
    if (me == 0 && facts.st_uid != 0)
        findings.push_back(
            Remark::warning("DATA_DIR=" + data_dir + " belongs to " + owner +
                                ": run check as the server's user: sudo -u " + owner + " stockcast check",
                            "DATA_DIR=" + data_dir + " es de " + owner +
                                ": revise con el usuario del servidor: sudo -u " + owner + " stockcast check"));
    if ((facts.st_mode & 077) != 0)
        findings.push_back(
            Remark::warning("DATA_DIR=" + data_dir + " is open to other users: chmod 700 " + data_dir,
                            "DATA_DIR=" + data_dir + " está abierto a otros usuarios: chmod 700 " + data_dir));
}

Remark not_writable(const std::string& data_dir, const fs::path& where, const char* reason) {
    return Remark::bad("DATA_DIR=" + data_dir + ": " + where.string() + " can't be written (" + reason +
                           "); run as its owner, or chown it",
                       "DATA_DIR=" + data_dir + ": no se puede escribir en " + where.string() + " (" + reason +
                           "); use su dueño, o cámbielo con chown");
}

std::string kept_text(Store& store, std::string_view key) {
    const auto kept = store.get(Family::meta, key);
    if (!kept || !*kept) return {};
    const auto text = records::decode_text(**kept);
    return text ? *text : std::string{};
}

}  // namespace

Remarks check_data_directory(const std::string& data_dir) {
    Remarks findings;
    struct stat facts{};
    const bool is_there = ::stat(data_dir.c_str(), &facts) == 0;
    if (is_there && !S_ISDIR(facts.st_mode)) {
        findings.push_back(Remark::bad("DATA_DIR=" + data_dir + " is no directory; name another one",
                                       "DATA_DIR=" + data_dir + " no es un directorio; indique otro"));
        return findings;
    }
    const auto where = nearest_existing(data_dir);
    if (::access(where.c_str(), W_OK | X_OK) != 0) {
        findings.push_back(not_writable(data_dir, where, std::strerror(errno)));
        return findings;
    }
    if (is_there) check_owner(data_dir, facts, findings);
    check_room(data_dir, where, findings);
    check_file_system(data_dir, where, findings);
    if (findings.empty())
        findings.push_back(is_there ? Remark::good("DATA_DIR=" + data_dir + " can be written, with room on the disk",
                                                   "DATA_DIR=" + data_dir + " se puede escribir y hay espacio")
                                    : Remark::good("DATA_DIR=" + data_dir + " is not there yet; the server makes it",
                                                   "DATA_DIR=" + data_dir + " no existe todavía; lo crea el servidor"));
    return findings;
}

StoreFacts look_into_store(const Settings& settings, Random& random, Remarks& findings) {
    StoreFacts facts;
    std::error_code failed;
    if (!fs::exists(settings.data_dir + "/rocksdb", failed) && !failed) return facts;
    try {
        OfflineStore offline{settings.data_dir, random, copy_patience};
        facts.state = offline.is_copy() ? StoreFacts::State::served : StoreFacts::State::idle;
        if (const auto journal = offline.store().get(Family::meta, keys::siigo_state(settings.company)); journal)
            facts.siigo_journal = journal->value_or("");
        facts.webhook_secret = kept_text(offline.store(), keys::webhook_secret);
        findings.push_back(facts.state == StoreFacts::State::served
                               ? Remark::good("The store is in order; a server runs on it",
                                              "El almacén está en orden; un servidor lo usa")
                               : Remark::good("The store is in order", "El almacén está en orden"));
    } catch (const StoreRefused& refused) {
        facts.state = StoreFacts::State::unusable;
        findings.push_back(Remark::bad(refused.what(), refused.spanish()));
    }
    return facts;
}

}  // namespace stockcast
