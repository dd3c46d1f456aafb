#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace stockcast::test {

/// The machine's disk, with faults on command: for RocksSettings::file_system. Safe from any thread.
class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
public:
    enum class Operation { append, sync, create };
    enum class Error { no_space, io };
    struct Fault {
        Operation operation = Operation::append;
        std::string
            name_has;  ///< in the last part of the path: ".log" (the write-ahead log), ".sst", "MANIFEST"; empty: all
        std::uint64_t spared = 0;  ///< how many of them succeed first
        Error error = Error::no_space;
        bool once = true;  ///< else it stays until `heal`
    };

    FaultyFileSystem();

    /// A failing append leaves half of its bytes in the file, as a full disk does; a failing sync does sync or not.
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
    rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options, std::uint64_t* bytes,
                                   rocksdb::IODebugContext* debug) override;

    /// The error for this operation on that file, or OK. For the files that this one hands out.
    rocksdb::IOStatus strike(Operation operation, const std::string& name);

private:
    mutable std::mutex mutex_;
    std::optional<Fault> fault_;
    std::uint64_t strikes_ = 0;
    std::optional<std::uint64_t> free_bytes_;
};

}  // namespace stockcast::test
