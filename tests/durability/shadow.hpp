#pragma once

#include "support/memory_store.hpp"
#include "support/store_wrapper.hpp"

#include "stockcast/store/store.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace stockcast::test {

/// Everything that a reader is shown, by family and key.
using Contents = std::array<std::map<std::string, std::string>, family_count>;
/// Throws boost::system::system_error where it can't be read.
Contents contents_of(const Store& store);
/// The first difference, for people; empty: there is none.
std::string difference(const Contents& there, const Contents& expected);

/// What a store must hold whatever befalls its disk: all that was acknowledged, nothing that was answered as not
/// written, and of a batch whose outcome is unknown all or nothing. Kept in memory beside the store.
class Shadow {
public:
    /// Of a store that shows this.
    explicit Shadow(const Contents& shown);

    /// Commits to the store, and keeps what its answer means.
    Result<void> commit(Store& store, const Batch& batch);
    /// Compares with what the store shows after it was opened again, which decides an unknown outcome.
    std::string settle(const Store& store);
    /// Compares while reads can fail: what can be read must be right.
    std::string compare_readable(const Store& store) const;
    Contents expected() const { return contents_of(*certain_); }

private:
    std::unique_ptr<MemoryStore> certain_;
    std::optional<Batch> unknown_;  ///< of the batch that failed
};

/// A store whose commits go through its shadow, so that others (a ledger) can be given it. Neither is owned.
class ShadowedStore final : public StoreWrapper {
public:
    ShadowedStore(Store& store, Shadow& shadow) : StoreWrapper(store), shadow_(shadow) {}

    Result<void> commit(const Batch& batch) override { return shadow_.commit(behind(), batch); }

private:
    Shadow& shadow_;
};

}  // namespace stockcast::test
