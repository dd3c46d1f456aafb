#include "support/faulty_file_system.hpp"

#include <utility>

namespace stockcast::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Operation = FaultyFileSystem::Operation;

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string name, FaultyFileSystem& disk)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        const auto fault = disk_.strike(Operation::append, name_);
        if (fault.ok()) return target()->Append(data, options, debug);
        target()->Append(Slice{data.data(), data.size() / 2}, options, debug).PermitUncheckedError();
        return fault;
    }
    IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        auto fault = disk_.strike(Operation::sync, name_);
        return fault.ok() ? target()->Sync(options, debug) : fault;
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        auto fault = disk_.strike(Operation::sync, name_);
        return fault.ok() ? target()->Fsync(options, debug) : fault;
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
        auto fault = disk_.strike(Operation::sync, name_);
        return fault.ok() ? FSDirectoryWrapper::Fsync(options, debug) : fault;
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& reason) override {
        auto fault = disk_.strike(Operation::sync, name_);
        return fault.ok() ? FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason) : fault;
    }

private:
    std::string name_;
    FaultyFileSystem& disk_;
};

}  // namespace

FaultyFileSystem::FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

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

IOStatus FaultyFileSystem::strike(Operation operation, const std::string& name) {
    const std::lock_guard lock{mutex_};
    const auto last_part = name.substr(name.rfind('/') + 1);
    if (!fault_ || fault_->operation != operation || last_part.find(fault_->name_has) == std::string::npos) {
        return IOStatus::OK();
    }
    if (fault_->spared > 0) {
        --fault_->spared;
        return IOStatus::OK();
    }
    ++strikes_;
    const auto error = fault_->error;
    if (fault_->once) fault_.reset();
    return error == Error::no_space ? IOStatus::NoSpace("injected") : IOStatus::IOError("injected");
}

IOStatus FaultyFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    if (auto fault = strike(Operation::create, name); !fault.ok()) return fault;
    auto opened = target()->NewWritableFile(name, options, file, debug);
    if (opened.ok()) *file = std::make_unique<FaultyFile>(std::move(*file), name, *this);
    return opened;
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
