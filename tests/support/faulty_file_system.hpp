#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace stockcast::test {

/// A disk, the machine's or another double, with faults on command: for RocksSettings::file_system. Safe from any thread.
class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
public:
    enum class Operation {
        append,
        sync,    ///< of a file or a directory
        create,  ///< of a file to be written
        read,
        change,  ///< any that changes something: the above, but reading, and renaming, linking, removing a file
    };
    enum class Error {
        no_space,     ///< ENOSPC; a failing append leaves half of its bytes in the file, as a full disk does
        io,           ///< EIO; a failing append leaves nothing
        short_write,  ///< EIO; a failing append leaves half of its bytes
    };
    struct Fault {
        Operation operation = Operation::append;
        std::string
            name_has;  ///< in the last part of the path: ".log" (the write-ahead log), ".sst", "MANIFEST"; empty: all
        std::uint64_t spared = 0;  ///< how many of them succeed first
        Error error = Error::no_space;
        bool once = true;  ///< else it stays until `heal`
    };

    explicit FaultyFileSystem(std::shared_ptr<rocksdb::FileSystem> disk = rocksdb::FileSystem::Default());

    /// A failing sync syncs nothing, any other failing operation but an append does nothing.
    void arm(Fault fault);
    void heal();
    /// How often the armed fault struck.
    std::uint64_t strikes() const;
    /// What GetFreeSpace answers; without it the truth.
    void set_free_bytes(std::optional<std::uint64_t> bytes);

    static const char* kClassName() { return "stockcast.FaultyFileSystem"; }
    const char* Name() const override { return kClassName(); }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                        rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                          rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options, std::uint64_t* bytes,
                                   rocksdb::IODebugContext* debug) override;

    /// What the armed fault does to this operation on that file; absent: nothing. For the files that this one hands out.
    std::optional<Error> strike(Operation operation, const std::string& name);

private:
    mutable std::mutex mutex_;
    std::optional<Fault> fault_;
    std::uint64_t strikes_ = 0;
    std::optional<std::uint64_t> free_bytes_;
};

}  // namespace stockcast::test
