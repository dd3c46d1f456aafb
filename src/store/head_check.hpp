#pragma once

#include "store/head_file.hpp"
#include "store/rocks_database.hpp"

#include "stockcast/base/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stockcast {

/// How far a database reaches, by what lies in it.
struct Reach {
    std::string epoch;
    std::uint64_t batches = 0;  ///< number of the last one; 0: a version that didn't number them made it all
};

/// Throws StoreRefused.
Reach reach_of(const RocksSettings& settings, RocksDatabase& database);
/// Gives the database another epoch, durably, and `reach` as well. Throws StoreRefused.
void renew_epoch(const RocksSettings& settings, RocksDatabase& database, Random& random, Reach& reach);

/// The number of a batch, as a value of the store's form under its one key.
inline constexpr std::string_view batch_number_key = "batch";
std::string encode_batch_number(std::uint64_t number);

/// What `DATA_DIR/head` says of the database beside it.
class HeadCheck {
public:
    /// Throws StoreRefused where the disk can't be read.
    explicit HeadCheck(const RocksSettings& settings);

    bool is_there() const { return !marks_.empty(); }
    /// Whether it was kept with this database up to its end: then it is known what that must hold.
    bool knows(const Reach& reach) const;
    /// The last batch that was called done; later ones may be missing. Of one that it knows.
    std::uint64_t done(const Reach& reach) const;
    bool has_all(const Reach& reach) const { return knows(reach) && reach.batches >= done(reach); }

private:
    std::vector<HeadMark> marks_;
};

}  // namespace stockcast
