#pragma once

#include "support/memory_store.hpp"

#include "stockcast/store/store.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
class ShadowedStore final : public Store {
public:
    ShadowedStore(Store& store, Shadow& shadow) : store_(store), shadow_(shadow) {}

    Result<void> commit(const Batch& batch) override { return shadow_.commit(store_, batch); }
    Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        return store_.get(family, key);
    }
    std::optional<std::string> peek(Family family, std::string_view key) const override {
        return store_.peek(family, key);
    }
    Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                             const std::vector<std::string>& keys) const override {
        return store_.get_many(family, keys);
    }
    std::unique_ptr<Snapshot> snapshot() const override { return store_.snapshot(); }
    Floors floors() const override { return store_.floors(); }
    Result<void> reclaim() override { return store_.reclaim(); }
    Result<void> checkpoint(const std::string& directory) override { return store_.checkpoint(directory); }
    StoreHealth recover() override { return store_.recover(); }

private:
    Store& store_;
    Shadow& shadow_;
};

}  // namespace stockcast::test
