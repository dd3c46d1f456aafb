#include "store/refusal.hpp"

#include "stockcast/store/backup.hpp"
#include "stockcast/store/directory_lock.hpp"

#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace stockcast {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = std::size_t{1} << 20;

class File {
public:
    File(const std::string& path, int flags) : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) throw refused_by_system(path_, errno);
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// 0 at the end.
    std::size_t read(std::vector<char>& into) const {
        for (;;) {
            const auto got = ::read(descriptor_, into.data(), into.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) throw refused_by_system(path_, errno);
        }
    }
    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto put = ::write(descriptor_, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) throw refused_by_system(path_, errno);
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    void sync() const {
        if (::fsync(descriptor_) != 0) throw refused_by_system(path_, errno);
    }

private:
    std::string path_;
    int descriptor_;
};

std::uint32_t add_to_crc(std::uint32_t crc, std::string_view bytes) {
    return static_cast<std::uint32_t>(
        ::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

/// Reads a file piece by piece; `take` gets each.
template <class Take>
BackupFile read_through(const File& file, const std::string& name, Take take) {
    BackupFile seen{.name = name, .bytes = 0, .crc = 0};
    std::vector<char> piece(piece_bytes);
    while (const auto got = file.read(piece)) {
        const std::string_view bytes{piece.data(), got};
        seen.crc = add_to_crc(seen.crc, bytes);
        seen.bytes += got;
        take(bytes);
    }
    return seen;
}

void sync_directory(const fs::path& directory) {
    File{directory.string(), O_RDONLY | O_DIRECTORY}.sync();
}

}  // namespace

std::vector<BackupFile> copy_files(const std::string& from, const std::string& to,
                                   const std::vector<std::string>& names, const CopyProgress& progress) {
    const auto of_all = bytes_of(from, names);
    std::uint64_t done = 0;
    std::vector<BackupFile> copied;
    std::set<fs::path> directories{to};
    make_private_directory(to);
    for (const auto& name : names) {
        const auto place = fs::path{to} / name;
        make_private_directory(place.parent_path().string());
        directories.insert(place.parent_path());
        const File source{(fs::path{from} / name).string(), O_RDONLY};
        const File target{place.string(), O_WRONLY | O_CREAT | O_EXCL};
        copied.push_back(read_through(source, name, [&](std::string_view bytes) {
            target.write(bytes);
            done += bytes.size();
            if (progress) progress(done, of_all);
        }));
        target.sync();
    }
    for (const auto& directory : directories) sync_directory(directory);
    return copied;
}

std::vector<BackupFile> list_files(const std::string& directory, const std::vector<std::string>& names) {
    std::vector<BackupFile> files;
    for (const auto& name : names) {
        const File file{(fs::path{directory} / name).string(), O_RDONLY};
        files.push_back(read_through(file, name, [](std::string_view) {}));
        file.sync();
    }
    return files;
}

void write_file(const std::string& path, std::string_view text) {
    const File file{path, O_WRONLY | O_CREAT | O_EXCL};
    file.write(text);
    file.sync();
    sync_directory(fs::path{path}.parent_path());
}

void put_in_place(const std::string& draft, const std::string& place) {
    if (std::rename(draft.c_str(), place.c_str()) != 0) throw refused_by_system(place, errno);
    sync_directory(fs::absolute(place).parent_path());
}

}  // namespace stockcast
