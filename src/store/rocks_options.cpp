#include "store/rocks_options.hpp"

#include "store/rocks_log.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

namespace stockcast {
namespace {

/// After ENOSPC RocksDB starts a recovery of its own as soon as there is room, in a thread of its own: it would write
/// the rest of a batch that we have answered as not written. When to go on is for `Store::recover` to say.
class NoRecoveryByItself final : public rocksdb::EventListener {
public:
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override {
        *auto_recovery = false;
    }
};

}  // namespace

rocksdb::DBOptions database_options(const RocksSettings& settings, OpenMode mode, Tail tail, rocksdb::Env* env) {
    rocksdb::DBOptions options;
    options.env = env;
    options.create_if_missing = mode == OpenMode::create;
    options.create_missing_column_families = mode == OpenMode::create;
    options.error_if_exists = mode == OpenMode::create;

    // Point-in-time, the default, opens silently with half of the synced records after one flipped bit; absolute
    // consistency refuses the torn tail that any kill leaves. A lost older WAL is noticed by tracking alone.
    options.wal_recovery_mode = tail == Tail::left_out ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                                       : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = mode != OpenMode::adopt;
    options.paranoid_checks = true;
    options.max_bgerror_resume_count = 0;
    options.listeners.push_back(std::make_shared<NoRecoveryByItself>());
    options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();

    options.max_background_jobs = 2;  // one flush, one compaction: two flushes at once have RocksDB issue 11865
    options.max_open_files = -1;
    // A start makes these for each family anew, whatever few tables it has: of the default 16 most have nothing to open.
    options.max_file_opening_threads = 2;
    options.max_total_wal_size = std::uint64_t{64} << 20;
    // Not charged to the block cache: the two budgets are separate settings. No stall: a full memtable is flushed.
    options.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(
        settings.memtable_bytes, std::shared_ptr<rocksdb::Cache>{}, /*allow_stall=*/false);

    options.info_log = std::make_shared<RocksLog>(settings.log);
    // Periodic statistics would wake an idle server.
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

rocksdb::ColumnFamilyOptions family_options(const RocksSettings& settings,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    // Index and filter blocks too live within the cache, or they would grow beside its bound.
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    // In parts: a million log entries have an index that as one piece would push all else out of the cache.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
    table.pin_top_level_index_and_filter = true;

    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.compression = rocksdb::kLZ4Compression;
    options.level_compaction_dynamic_level_bytes = true;
    options.paranoid_file_checks = true;
    // The manager bounds all families together; small arena blocks keep nine idle ones from filling it.
    options.write_buffer_size = settings.memtable_bytes;
    options.arena_block_size = std::size_t{256} << 10;
    return options;
}

void let_go_below(rocksdb::ColumnFamilyOptions& options, Family family, std::shared_ptr<const LiveFloors> floors) {
    options.compaction_filter_factory = drop_below_floors(family, std::move(floors));
    // A product's history is spread over all files, so none ever lies below the floor as a whole: they are rewritten once
    // a week. (With a filter RocksDB would do so by itself once in 30 days.)
    if (family == Family::product_changes) options.periodic_compaction_seconds = std::uint64_t{7} * 24 * 60 * 60;
}

rocksdb::WriteOptions durable_write() {
    rocksdb::WriteOptions options;
    options.sync = true;
    options.protection_bytes_per_key = key_protection_bytes;
    return options;
}

}  // namespace stockcast
