#include "durability/shadow.hpp"

#include <algorithm>

namespace stockcast::test {
namespace {

/// Bytes as one can read them.
std::string shown(const std::string& bytes) {
    constexpr std::size_t length_max = 60;
    std::string text;
    for (const char byte : bytes.substr(0, length_max)) text += byte >= ' ' && byte <= '~' ? byte : '.';
    return text + " (" + std::to_string(bytes.size()) + " bytes)";
}

}  // namespace

Contents contents_of(const Store& store) {
    Contents contents;
    const auto snapshot = store.snapshot();
    for (std::size_t i = 0; i < family_count; ++i) {
        snapshot
            ->scan(static_cast<Family>(i), {}, Direction::ascending,
                   [&](std::string_view key, std::string_view value) { return contents[i].emplace(key, value).second; })
            .value();
    }
    return contents;
}

std::string difference(const Contents& there, const Contents& expected) {
    for (std::size_t i = 0; i < family_count; ++i) {
        const std::string family{to_string(static_cast<Family>(i))};
        for (const auto& [key, value] : expected[i]) {
            const auto found = there[i].find(key);
            if (found == there[i].end()) return family + ": " + shown(key) + " is missing";
            if (found->second != value) return family + ": " + shown(key) + " holds " + shown(found->second);
        }
        for (const auto& [key, value] : there[i]) {
            if (!expected[i].contains(key)) return family + ": " + shown(key) + " should not be there";
        }
    }
    return {};
}

Shadow::Shadow(const Contents& shown) : certain_(std::make_unique<MemoryStore>()) {
    Batch all;
    for (std::size_t i = 0; i < family_count; ++i) {
        for (const auto& [key, value] : shown[i]) all.put(static_cast<Family>(i), key, value);
    }
    certain_->commit(all).value();
}

Result<void> Shadow::commit(Store& store, const Batch& batch) {
    const auto committed = store.commit(batch);
    if (committed) {
        certain_->commit(batch).value();
    } else if (committed.error() == Errc::store_failed && !unknown_) {
        unknown_ = batch;  // the first alone: after it the store takes nothing more
    }
    return committed;
}

std::string Shadow::settle(const Store& store) {
    const auto there = contents_of(store);
    auto differs = difference(there, expected());
    if (!differs.empty() && unknown_) {
        certain_->commit(*unknown_).value();
        if (!difference(there, expected()).empty()) return differs + ", and it is not the batch that failed";
        differs.clear();
    }
    unknown_.reset();
    return differs;
}

std::string Shadow::compare_readable(const Store& store) const {
    const auto snapshot = store.snapshot();
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto family = static_cast<Family>(i);
        const auto right = contents_of(*certain_)[i];
        auto next = right.begin();
        std::string wrong;
        const auto scanned = snapshot->scan(family, {}, Direction::ascending, [&](auto key, auto value) {
            if (next == right.end() || next->first != key || next->second != value) wrong = shown(std::string{key});
            if (wrong.empty()) ++next;
            return wrong.empty();
        });
        if (wrong.empty() && scanned && next != right.end()) wrong = shown(next->first);
        if (!wrong.empty()) return std::string{to_string(family)} + ": a scan is wrong at " + wrong;
        for (const auto& [key, value] : right) {
            const auto got = store.get(family, key);
            if (got && *got != value) return std::string{to_string(family)} + ": get is wrong for " + shown(key);
        }
    }
    return {};
}

}  // namespace stockcast::test
