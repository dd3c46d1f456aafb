#pragma once

#include "durability/shadow.hpp"
#include "store/temporary_directory.hpp"
#include "support/faulty_file_system.hpp"
#include "support/seeded_random.hpp"
#include "support/volatile_disk.hpp"

#include "stockcast/store/rocks_store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stockcast::test {

/// The real RocksDB store on a disk that fails and loses its power, with the shadow that says what it must hold. What it
/// is told to do it does as far as the disk lets it, as the server would: what is full is recovered, what has failed is
/// left. The first thing that is not as promised is kept in `problem`.
class Life {
public:
    explicit Life(std::uint64_t seed);
    /// One that goes on where `before`, which is closed, has come to; that one stays as it is.
    Life(std::uint64_t seed, const Life& before);

    // ── What a scenario is made of ───────────────────────────────────────────────────────────────────────────────────
    /// Opens the store, which makes one where there is none.
    void open();
    void close() { store_.reset(); }
    bool is_open() const { return store_ != nullptr; }
    void commit(const Batch& batch);
    /// A batch of `entries` new values of so many bytes under keys of few, in several families.
    void write(std::size_t entries, std::size_t bytes);
    /// Commits the next change, as the ledger numbers them.
    void record_change();
    /// Raises the floor to `kept` changes from the newest, and takes the space back.
    void let_go(std::uint64_t kept);
    /// A checkpoint, which flushes all families. What it says it has copied is compared in the end.
    void checkpoint();
    /// Reads all that is there, by scans, single and many keys.
    void read_all();
    /// Reads every file, as `verify` does.
    void check_files();
    /// From now on only a ledger writes it: in the end the ledger's invariants hold.
    void leave_to_a_ledger() { is_a_ledgers_ = true; }
    /// The store for that ledger. Only while it is open.
    Store& shadowed() { return *shadowed_; }
    Random& random() { return random_; }

    // ── What befalls it ──────────────────────────────────────────────────────────────────────────────────────────────
    FaultyFileSystem& disk() { return *disk_; }
    VolatileDisk& power() { return *power_; }

    enum class Ending {
        orderly,  ///< the process goes (which is all the same to a store that never writes at its end)
        power_cut
    };
    /// Ends it so, heals the disk, opens the store again and compares all with the shadow. Leaves it open.
    void end(Ending ending);

    void wrong(const std::string& what) {
        if (problem_.empty()) problem_ = what;
    }
    const std::string& problem() const { return problem_; }

private:
    struct Copy {
        std::string directory;
        Contents contents;
    };

    RocksSettings settings() const;
    void compare_copies();

    TemporaryDirectory directory_;
    SeededRandom random_;
    std::shared_ptr<VolatileDisk> power_;
    std::shared_ptr<FaultyFileSystem> disk_;
    std::unique_ptr<Store> store_;
    std::optional<Shadow> shadow_;
    std::optional<ShadowedStore> shadowed_;
    std::vector<Copy> copies_;
    bool is_a_ledgers_ = false;
    std::uint64_t changes_ = 0;
    std::string problem_;
};

}  // namespace stockcast::test
