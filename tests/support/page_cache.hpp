#pragma once

#include "stockcast/base/random.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stockcast::test {

/// What of some directories' files is on the disk, and what is only in the page cache: bytes are durable once their file
/// was synced, and so is then the name under which it was made (as on ext4, xfs and btrfs); names renamed or removed are
/// once their directory was. The files themselves are real; each
/// is kept under a second name too, so that a removed one can come back. What was there before its directory was first
/// named here is durable. Not safe across threads: its owner locks.
class PageCache {
public:
    struct File {
        std::string kept;           ///< its second name
        std::uint64_t written = 0;  ///< bytes appended
        std::uint64_t durable = 0;  ///< of these, those that were synced
        std::string pages;          ///< what is on the disk of one that is written in place
        struct Overwrite {
            std::uint64_t at;
            std::string bytes;
            bool is_with_the_device;  ///< waits for a flush alone, whoever asks for it
        };
        std::vector<Overwrite> overwrites;  ///< of `pages`, in their order
    };
    using FileRef = std::shared_ptr<File>;

    /// `attic`: an existing empty directory on the same file system, for the second names.
    explicit PageCache(std::string attic) : attic_(std::move(attic)) {}

    /// To be called before anything in that directory is changed.
    void know(const std::string& directory) { names_in(directory); }
    /// The file of that path, which is there.
    FileRef file(const std::string& path);
    /// The new, empty file of that path.
    FileRef made(const std::string& path);
    void removed(const std::string& path);
    void renamed(const std::string& from, const std::string& to);
    void linked(const std::string& from, const std::string& to);
    /// Bytes in the place of others. `is_direct`: past the page cache.
    void overwritten(const FileRef& file, std::uint64_t at, std::string bytes, bool is_direct);
    void synced(const FileRef& file);
    void names_synced(const std::string& directory);

    /// Puts the directories into a state in which a power cut can leave them: what was synced, and of the rest what
    /// `random` draws. Nobody may have the files open. All that is there afterwards is durable.
    void lose_power(Random& random);

private:
    using Names = std::map<std::string, FileRef>;
    struct NameChange {
        std::string gone;  ///< empty: none
        std::string made;  ///< empty: none
        FileRef file;      ///< of `made`
    };
    struct Directory {
        std::string path;
        Names durable;
        Names now;
        std::vector<NameChange> unsynced;
    };

    Directory& names_in(const std::string& directory);
    void change(const std::string& directory, NameChange change);
    FileRef keep(const std::string& path);
    static void apply(Names& names, const NameChange& change);
    static Names after_a_cut(const Directory& directory, Random& random);

    std::string attic_;
    std::vector<FileRef> written_in_place_;
    std::uint64_t kept_ = 0;
    std::map<std::uint64_t, Directory> directories_;  ///< by inode: a directory may be renamed by others
};

/// The directory and the last part of a path.
std::string directory_of(const std::string& path);
std::string name_of(const std::string& path);

}  // namespace stockcast::test
