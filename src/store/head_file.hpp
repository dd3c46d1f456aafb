#pragma once

#include "stockcast/store/rocks_store.hpp"

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stockcast {

/// What one page of `DATA_DIR/head` tells of the database beside it. Batches are numbered from 1 on, each holds its number.
struct HeadMark {
    std::string epoch;        ///< of the store: another one's head says nothing
    std::uint64_t begun = 0;  ///< the last batch that was given to the log
    std::uint64_t done = 0;   ///< the last one that is on disk, so may have been acknowledged
};

/// `DATA_DIR/head`, the second place that knows how far the log must reach: RocksDB takes a log that was cut short at a
/// record's end for what any crash leaves. Three pages, written in place:
///
///     0, 1   «batch n has begun, n - 1 is done», in turns; on disk no later than batch n itself
///     2      «batch n is done», for what comes between two batches; a power cut may forget it
///
/// Each is a checksummed value; one that can't be read says nothing. So a database that ends before the last batch that
/// a page calls done has lost what was acknowledged, and at most one batch that was begun can be missing from it.
/// Only the thread that commits.
class HeadFile {
public:
    /// All pages anew, by a rename: after it there is one that says that `done` batches are.
    static rocksdb::IOStatus make(const RocksSettings& settings, const std::string& epoch, std::uint64_t done);
    static rocksdb::IOStatus open(const RocksSettings& settings, const std::string& epoch, std::uint64_t done,
                                  std::unique_ptr<HeadFile>& opened);
    ~HeadFile();
    HeadFile(const HeadFile&) = delete;
    HeadFile& operator=(const HeadFile&) = delete;

    std::uint64_t next() const { return done_ + 1; }
    /// Before `next()` goes into the log: once the log is synced after that, this is on disk as well.
    rocksdb::IOStatus begin();
    /// `next()` is on disk.
    void finish();

private:
    HeadFile(std::string epoch, std::uint64_t done) : epoch_(std::move(epoch)), done_(done) {}

    const std::string epoch_;
    std::uint64_t done_;
    std::unique_ptr<rocksdb::FSRandomRWFile> begun_page_;
    std::unique_ptr<rocksdb::FSRandomRWFile> done_page_;
};

/// What its pages say, those that can be read; no such file: none. An error is the disk's.
rocksdb::IOStatus read_head(const RocksSettings& settings, std::vector<HeadMark>& marks);

}  // namespace stockcast
