// That a peek leaves the disk alone is why the executor may take one.
#include "store/faulty_store.hpp"

#include <catch2/catch.hpp>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

using namespace stockcast;
using namespace stockcast::test;

namespace {

/// The machine's disk, which counts how often a table file is read.
class CountingFileSystem final : public rocksdb::FileSystemWrapper {
public:
    CountingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    std::size_t reads() const { return reads_; }

    static const char* kClassName() { return "stockcast.CountingFileSystem"; }
    const char* Name() const override { return kClassName(); }
    rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                          rocksdb::IODebugContext* debug) override {
        auto status = target()->NewRandomAccessFile(name, options, file, debug);
        if (status.ok()) *file = std::make_unique<File>(std::move(*file), reads_);
        return status;
    }

private:
    class File final : public rocksdb::FSRandomAccessFileOwnerWrapper {
    public:
        File(std::unique_ptr<rocksdb::FSRandomAccessFile>&& file, std::atomic<std::size_t>& reads)
            : FSRandomAccessFileOwnerWrapper(std::move(file)), reads_(reads) {}
        rocksdb::IOStatus Read(std::uint64_t offset, std::size_t size, const rocksdb::IOOptions& options,
                               rocksdb::Slice* result, char* scratch, rocksdb::IODebugContext* debug) const override {
            ++reads_;
            return FSRandomAccessFileOwnerWrapper::Read(offset, size, options, result, scratch, debug);
        }

    private:
        std::atomic<std::size_t>& reads_;
    };

    std::atomic<std::size_t> reads_ = 0;
};

std::string key_of(int number) {
    return "key" + std::to_string(1000 + number);
}

}  // namespace

TEST_CASE("a peek finds what a read has brought into memory, and itself never reads", "[store]") {
    const TemporaryDirectory directory;
    const auto disk = std::make_shared<CountingFileSystem>();
    auto settings = settings_in(directory.path());
    settings.file_system = disk;
    SeededRandom random;
    {
        Batch batch;
        for (int i = 0; i < 1000; ++i) batch.put(Family::products, key_of(i), random_bytes(100));
        CHECK(open_rocks_store(settings, random)->commit(batch));
    }

    open_rocks_store(settings, random).reset();  // makes a file of what the log held, and reads that once
    const auto store = open_rocks_store(settings, random);
    const auto at_first = disk->reads();
    CHECK_FALSE(store->peek(Family::products, key_of(500)));
    CHECK_FALSE(store->peek(Family::products, "absent"));
    CHECK(disk->reads() == at_first);

    const auto value = store->get(Family::products, key_of(500)).value();
    const auto after_get = disk->reads();
    CHECK(after_get > at_first);
    CHECK(value);
    CHECK(store->peek(Family::products, key_of(500)) == value);
    CHECK_FALSE(store->peek(Family::products, key_of(0)));  // another block of the same file
    CHECK_FALSE(store->peek(Family::products, "absent"));
    CHECK(disk->reads() == after_get);
}
