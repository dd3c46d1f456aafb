#include "support/page_cache.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace stockcast::test {
namespace {

constexpr std::uint64_t sector_bytes = 512;

/// 0: there is no such directory.
std::uint64_t inode_of(const std::string& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

void link(const std::string& from, const std::string& to) {
    if (::link(from.c_str(), to.c_str()) != 0) throw std::runtime_error{"link " + from + " to " + to};
}

/// Zeros the sectors beyond `durable` that did not reach the disk: the file's length can, before they do.
void lose_sectors(const std::string& path, std::uint64_t durable, std::uint64_t length, Random& random) {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    for (auto at = durable; at < length;) {
        const auto end = std::min(length, (at / sector_bytes + 1) * sector_bytes);
        if (random.below(2) == 0) {
            const std::string nothing(end - at, '\0');
            file.seekp(static_cast<std::streamoff>(at));
            file.write(nothing.data(), static_cast<std::streamsize>(nothing.size()));
        }
        at = end;
    }
}

std::string contents_of_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// A disk writes whole sectors, in any order until it is flushed.
void lose_overwrites(PageCache::File& file, Random& random) {
    for (const auto& [at, bytes, is_with_the_device] : file.overwrites) {
        for (std::size_t done = 0; done < bytes.size(); done += sector_bytes) {
            const auto length = std::min<std::size_t>(sector_bytes, bytes.size() - done);
            if (random.below(2) == 0) file.pages.replace(at + done, length, bytes, done, length);
        }
    }
    file.overwrites.clear();
    std::fstream{file.kept, std::ios::binary | std::ios::in | std::ios::out}.write(
        file.pages.data(), static_cast<std::streamsize>(file.pages.size()));
    file.pages.clear();
}

/// What can become of unsynced bytes: none is there, all are, the first ones are, a file of that length is but not all of
/// its sectors.
constexpr std::uint64_t fates = 4;

void lose_bytes(PageCache::File& file, Random& random) {
    const auto unsynced = file.written - file.durable;
    if (unsynced > 0) {
        auto length = file.durable;
        const auto fate = random.below(fates);
        if (fate == 1) length = file.written;
        if (fate >= 2) length += 1 + random.below(unsynced);
        std::filesystem::resize_file(file.kept, length);
        if (fate == 3) lose_sectors(file.kept, file.durable, length, random);
        file.written = length;
    }
    file.durable = file.written;
}

}  // namespace

std::string directory_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

PageCache::Directory& PageCache::names_in(const std::string& path) {
    auto& directory = directories_[inode_of(path)];
    if (directory.path.empty()) {
        for (const auto& entry : std::filesystem::directory_iterator{path}) {
            if (entry.is_regular_file()) directory.now[entry.path().filename().string()] = keep(entry.path().string());
        }
        directory.durable = directory.now;
    }
    directory.path = path;
    return directory;
}

PageCache::FileRef PageCache::keep(const std::string& path) {
    auto file = std::make_shared<File>();
    file->kept = attic_ + '/' + std::to_string(++kept_);
    link(path, file->kept);
    file->written = file->durable = std::filesystem::file_size(path);
    return file;
}

void PageCache::apply(Names& names, const NameChange& change) {
    if (!change.gone.empty()) names.erase(change.gone);
    if (!change.made.empty()) names[change.made] = change.file;
}

void PageCache::change(const std::string& path, NameChange change) {
    auto& directory = names_in(path);
    apply(directory.now, change);
    directory.unsynced.push_back(std::move(change));
}

PageCache::FileRef PageCache::made(const std::string& path) {
    auto file = keep(path);
    change(directory_of(path), {.gone = {}, .made = name_of(path), .file = file});
    return file;
}

void PageCache::removed(const std::string& path) {
    change(directory_of(path), {.gone = name_of(path), .made = {}, .file = nullptr});
}

void PageCache::renamed(const std::string& from, const std::string& to) {
    auto file = names_in(directory_of(from)).now.at(name_of(from));
    if (directory_of(from) == directory_of(to))
        return change(directory_of(to), {.gone = name_of(from), .made = name_of(to), .file = std::move(file)});
    removed(from);
    change(directory_of(to), {.gone = {}, .made = name_of(to), .file = std::move(file)});
}

void PageCache::linked(const std::string& from, const std::string& to) {
    auto file = names_in(directory_of(from)).now.at(name_of(from));
    change(directory_of(to), {.gone = {}, .made = name_of(to), .file = std::move(file)});
}

PageCache::FileRef PageCache::file(const std::string& path) {
    return names_in(directory_of(path)).now.at(name_of(path));
}

void PageCache::overwritten(const FileRef& file, std::uint64_t at, std::string bytes, bool is_direct) {
    if (file->pages.empty()) {
        file->pages = contents_of_file(file->kept);
        written_in_place_.push_back(file);
    }
    file->overwrites.push_back({at, std::move(bytes), is_direct});
}

void PageCache::synced(const FileRef& file) {
    file->durable = file->written;
    for (const auto& other : written_in_place_) {
        std::erase_if(other->overwrites, [&](const File::Overwrite& overwrite) {
            const bool is_durable = other == file || overwrite.is_with_the_device;
            if (is_durable) other->pages.replace(overwrite.at, overwrite.bytes.size(), overwrite.bytes);
            return is_durable;
        });
    }
    for (auto& [inode, directory] : directories_) {
        std::erase_if(directory.unsynced, [&](const NameChange& change) {
            const bool makes_it = change.file == file && change.gone.empty();
            if (makes_it) apply(directory.durable, change);
            return makes_it;
        });
    }
}

void PageCache::names_synced(const std::string& path) {
    auto& directory = names_in(path);
    directory.durable = directory.now;
    directory.unsynced.clear();
}

PageCache::Names PageCache::after_a_cut(const Directory& directory, Random& random) {
    auto names = directory.durable;
    // A journal keeps the order in which a directory was changed; without one any of the changes may be there.
    const bool has_journal = random.below(2) == 0;
    const auto reached = random.below(directory.unsynced.size() + 1);
    for (std::size_t i = 0; i < directory.unsynced.size(); ++i) {
        if (has_journal ? i < reached : random.below(2) == 0) apply(names, directory.unsynced[i]);
    }
    return names;
}

void PageCache::lose_power(Random& random) {
    std::erase_if(directories_, [](const auto& entry) { return inode_of(entry.second.path) != entry.first; });
    for (const auto& file : written_in_place_) lose_overwrites(*file, random);
    written_in_place_.clear();
    std::set<std::string> kept;
    for (auto& [inode, directory] : directories_) {
        auto left = after_a_cut(directory, random);
        for (const auto& [name, file] : directory.now) ::unlink((directory.path + '/' + name).c_str());
        for (const auto& [name, file] : left) {
            lose_bytes(*file, random);
            link(file->kept, directory.path + '/' + name);
            kept.insert(file->kept);
        }
        directory.now = directory.durable = std::move(left);
        directory.unsynced.clear();
    }
    for (const auto& entry : std::filesystem::directory_iterator{attic_}) {
        if (!kept.contains(entry.path().string())) std::filesystem::remove(entry.path());
    }
}

}  // namespace stockcast::test
