#pragma once

#include "stockcast/store/floors.hpp"
#include "stockcast/store/store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::test {

/// Passes everything on to the store behind it, which it doesn't own: whoever stands between overrides what he changes.
class StoreWrapper : public Store {
public:
    explicit StoreWrapper(Store& behind) : behind_(behind) {}

    Result<void> commit(const Batch& batch) override { return behind_.commit(batch); }
    Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        return behind_.get(family, key);
    }
    std::optional<std::string> peek(Family family, std::string_view key) const override {
        return behind_.peek(family, key);
    }
    Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                             const std::vector<std::string>& keys) const override {
        return behind_.get_many(family, keys);
    }
    std::unique_ptr<Snapshot> snapshot() const override { return behind_.snapshot(); }
    Floors floors() const override { return behind_.floors(); }
    Result<void> reclaim() override { return behind_.reclaim(); }
    Result<void> checkpoint(const std::string& directory) override { return behind_.checkpoint(directory); }
    StoreHealth recover() override { return behind_.recover(); }

protected:
    Store& behind() const { return behind_; }

private:
    Store& behind_;
};

}  // namespace stockcast::test
