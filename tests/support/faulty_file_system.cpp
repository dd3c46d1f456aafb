#include "support/faulty_file_system.hpp"

#include <utility>

namespace stockcast::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Operation = FaultyFileSystem::Operation;
using Error = FaultyFileSystem::Error;

IOStatus status_of(Error error) {
    return error == Error::no_space ? IOStatus::NoSpace("injected") : IOStatus::IOError("injected");
}

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string name, FaultyFileSystem& disk)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::append, name_);
        if (!fault) return target()->Append(data, options, debug);
        if (*fault != Error::io)
            target()->Append(Slice{data.data(), data.size() / 2}, options, debug).PermitUncheckedError();
        return status_of(*fault);
    }
    IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::sync, name_);
        return fault ? status_of(*fault) : target()->Sync(options, debug);
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::sync, name_);
        return fault ? status_of(*fault) : target()->Fsync(options, debug);
    }

private:
    std::string name_;
    FaultyFileSystem& disk_;
};

class FaultyPages final : public rocksdb::FSRandomRWFileOwnerWrapper {
public:
    FaultyPages(std::unique_ptr<rocksdb::FSRandomRWFile>&& file, std::string name, FaultyFileSystem& disk)
        : FSRandomRWFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Write(std::uint64_t offset, const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::append, name_);
        if (!fault) return FSRandomRWFileOwnerWrapper::Write(offset, data, options, debug);
        if (*fault != Error::io) {
            const Slice half{data.data(), data.size() / 2};
            FSRandomRWFileOwnerWrapper::Write(offset, half, options, debug).PermitUncheckedError();
        }
        return status_of(*fault);
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::sync, name_);
        return fault ? status_of(*fault) : FSRandomRWFileOwnerWrapper::Sync(options, debug);
    }

private:
    std::string name_;
    FaultyFileSystem& disk_;
};

class FaultyDirectory final : public rocksdb::FSDirectoryWrapper {
public:
    FaultyDirectory(std::unique_ptr<rocksdb::FSDirectory>&& directory, std::string name, FaultyFileSystem& disk)
        : FSDirectoryWrapper(std::move(directory)), name_(std::move(name)), disk_(disk) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::sync, name_);
        return fault ? status_of(*fault) : FSDirectoryWrapper::Fsync(options, debug);
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& reason) override {
        const auto fault = disk_.strike(Operation::sync, name_);
        return fault ? status_of(*fault) : FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason);
    }

private:
    std::string name_;
    FaultyFileSystem& disk_;
};

class FaultySequence final : public rocksdb::FSSequentialFileOwnerWrapper {
public:
    FaultySequence(std::unique_ptr<rocksdb::FSSequentialFile>&& file, std::string name, FaultyFileSystem& disk)
        : FSSequentialFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Read(std::size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                  IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::read, name_);
        return fault ? status_of(*fault) : FSSequentialFileOwnerWrapper::Read(bytes, options, result, scratch, debug);
    }

private:
    std::string name_;
    FaultyFileSystem& disk_;
};

class FaultyTable final : public rocksdb::FSRandomAccessFileOwnerWrapper {
public:
    FaultyTable(std::unique_ptr<rocksdb::FSRandomAccessFile>&& file, std::string name, FaultyFileSystem& disk)
        : FSRandomAccessFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Read(std::uint64_t offset, std::size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                  IODebugContext* debug) const override {
        const auto fault = disk_.strike(Operation::read, name_);
        if (fault) return status_of(*fault);
        return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, scratch, debug);
    }
    IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                       IODebugContext* debug) override {
        for (std::size_t i = 0; i < count; ++i) {
            auto& wanted = requests[i];
            wanted.status = Read(wanted.offset, wanted.len, options, &wanted.result, wanted.scratch, debug);
        }
        return IOStatus::OK();
    }

private:
    std::string name_;
    FaultyFileSystem& disk_;
};

}  // namespace

FaultyFileSystem::FaultyFileSystem(std::shared_ptr<rocksdb::FileSystem> disk) : FileSystemWrapper(std::move(disk)) {}

void FaultyFileSystem::arm(Fault fault) {
    const std::lock_guard lock{mutex_};
    fault_ = std::move(fault);
    strikes_ = 0;
}

void FaultyFileSystem::heal() {
    const std::lock_guard lock{mutex_};
    fault_.reset();
}

std::uint64_t FaultyFileSystem::strikes() const {
    const std::lock_guard lock{mutex_};
    return strikes_;
}

void FaultyFileSystem::set_free_bytes(std::optional<std::uint64_t> bytes) {
    const std::lock_guard lock{mutex_};
    free_bytes_ = bytes;
}

std::optional<Error> FaultyFileSystem::strike(Operation operation, const std::string& name) {
    const std::lock_guard lock{mutex_};
    if (!fault_) return std::nullopt;
    const bool is_meant =
        fault_->operation == operation || (fault_->operation == Operation::change && operation != Operation::read);
    const auto last_part = name.substr(name.rfind('/') + 1);
    if (!is_meant || last_part.find(fault_->name_has) == std::string::npos) return std::nullopt;
    if (fault_->spared > 0) {
        --fault_->spared;
        return std::nullopt;
    }
    ++strikes_;
    const auto error = fault_->error;
    if (fault_->once) fault_.reset();
    return error;
}

IOStatus FaultyFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    if (const auto fault = strike(Operation::create, name)) return status_of(*fault);
    auto opened = target()->NewWritableFile(name, options, file, debug);
    if (opened.ok()) *file = std::make_unique<FaultyFile>(std::move(*file), name, *this);
    return opened;
}

IOStatus FaultyFileSystem::NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSRandomRWFile>* file, IODebugContext* debug) {
    auto opened = target()->NewRandomRWFile(name, options, file, debug);
    if (opened.ok()) *file = std::make_unique<FaultyPages>(std::move(*file), name, *this);
    return opened;
}

IOStatus FaultyFileSystem::NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                             std::unique_ptr<rocksdb::FSSequentialFile>* file, IODebugContext* debug) {
    auto opened = target()->NewSequentialFile(name, options, file, debug);
    if (opened.ok()) *file = std::make_unique<FaultySequence>(std::move(*file), name, *this);
    return opened;
}

IOStatus FaultyFileSystem::NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                               IODebugContext* debug) {
    auto opened = target()->NewRandomAccessFile(name, options, file, debug);
    if (opened.ok()) *file = std::make_unique<FaultyTable>(std::move(*file), name, *this);
    return opened;
}

IOStatus FaultyFileSystem::DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* debug) {
    if (const auto fault = strike(Operation::change, name)) return status_of(*fault);
    return target()->DeleteFile(name, options, debug);
}

IOStatus FaultyFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                      IODebugContext* debug) {
    if (const auto fault = strike(Operation::change, to)) return status_of(*fault);
    return target()->RenameFile(from, to, options, debug);
}

IOStatus FaultyFileSystem::LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                                    IODebugContext* debug) {
    if (const auto fault = strike(Operation::change, to)) return status_of(*fault);
    return target()->LinkFile(from, to, options, debug);
}

IOStatus FaultyFileSystem::NewDirectory(const std::string& name, const IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) {
    auto opened = target()->NewDirectory(name, options, directory, debug);
    if (opened.ok()) *directory = std::make_unique<FaultyDirectory>(std::move(*directory), name, *this);
    return opened;
}

IOStatus FaultyFileSystem::GetFreeSpace(const std::string& path, const IOOptions& options, std::uint64_t* bytes,
                                        IODebugContext* debug) {
    {
        const std::lock_guard lock{mutex_};
        if (free_bytes_) {
            *bytes = *free_bytes_;
            return IOStatus::OK();
        }
    }
    return target()->GetFreeSpace(path, options, bytes, debug);
}

}  // namespace stockcast::test
