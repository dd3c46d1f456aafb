#pragma once

#include "support/store_wrapper.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace stockcast::test {

/// Holds commits up until the test lets them through, so that what happens "during an fsync" can be arranged.
class GatedStore final : public StoreWrapper {
public:
    using StoreWrapper::StoreWrapper;

    void close() {
        const std::lock_guard lock{mutex_};
        open_ = false;
    }
    void open() {
        {
            const std::lock_guard lock{mutex_};
            open_ = true;
        }
        changed_.notify_all();
    }
    /// Keys asked for together with others, so far.
    std::size_t looked_up() const { return looked_up_; }
    /// Blocks until a commit stands before the closed gate.
    void wait_for_commit() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return standing_ > 0; });
    }

    Result<void> commit(const Batch& batch) override {
        {
            std::unique_lock lock{mutex_};
            ++standing_;
            changed_.notify_all();
            changed_.wait(lock, [this] { return open_; });
            --standing_;
        }
        return StoreWrapper::commit(batch);
    }
    Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                             const std::vector<std::string>& keys) const override {
        looked_up_ += keys.size();
        return StoreWrapper::get_many(family, keys);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = true;
    int standing_ = 0;
    mutable std::atomic<std::size_t> looked_up_ = 0;
};

}  // namespace stockcast::test
