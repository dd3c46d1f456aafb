#pragma once

#include "stockcast/store/floors.hpp"
#include "stockcast/store/store.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::test {

/// A complete Store in memory, with faults on command. Keeps the contract of Store, which store's contract tests ask of
/// it and of the RocksDB store alike. Safe from any thread.
class MemoryStore final : public Store {
public:
    enum class Fault {
        full,                ///< `store_full`: nothing of the batch is there
        failed,              ///< `store_failed`, and the batch is lost
        failed_but_written,  ///< `store_failed`, and the batch is there nevertheless: both are possible after a failed
                             ///< fsync
    };

    MemoryStore();
    ~MemoryStore() override;

    /// The next commit ends so. After a `failed…` one every later commit fails too, until `reopen`.
    void fail_next_commit(Fault fault);
    /// Every commit and `recover()` says full until it is set back.
    void set_full(bool full);
    /// As if all that is kept lay on a disk: `peek` finds nothing until it is set back.
    void set_cold(bool cold);
    /// As if the process had ended and come back: a failed store can be written again, what is there stays.
    void reopen();
    bool is_broken() const;
    /// Commits that succeeded.
    std::size_t commits() const;
    /// All entries of one family as they are now, also those that retention hides.
    std::map<std::string, std::string> entries(Family family) const;

    Result<void> commit(const Batch& batch) override;
    Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
    std::optional<std::string> peek(Family family, std::string_view key) const override;
    Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                             const std::vector<std::string>& keys) const override;
    std::unique_ptr<Snapshot> snapshot() const override;
    Floors floors() const override;
    Result<void> reclaim() override;
    /// Kept under the directory's name, without a directory: `copy` gives it back.
    Result<void> checkpoint(const std::string& directory) override;
    std::unique_ptr<MemoryStore> copy(const std::string& directory) const;
    StoreHealth recover() override;

    using Table = std::map<std::string, std::string, std::less<>>;
    using Tables = std::array<std::shared_ptr<Table>, family_count>;

private:
    void write(const Batch& batch);
    void take_up_floors();

    mutable std::mutex mutex_;
    Tables tables_;
    Floors floors_;
    std::map<std::string, Tables> checkpoints_;
    std::optional<Fault> next_fault_;
    bool full_ = false;
    bool cold_ = false;
    bool broken_ = false;
    std::size_t commits_ = 0;
};

}  // namespace stockcast::test
