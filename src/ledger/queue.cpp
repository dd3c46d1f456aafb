#include "ledger/queue.hpp"

#include <algorithm>
#include <utility>

namespace stockcast::ledger {
namespace {

std::size_t weight_of(const Json& value) {
    auto weight = sizeof(Json);
    if (const auto* text = value.if_string()) return weight + text->size();
    if (const auto* array = value.if_array()) {
        for (const auto& element : *array) weight += weight_of(element);
    } else if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) weight += sizeof(name) + name.size() + weight_of(member);
    }
    return weight;
}

}  // namespace

std::size_t weight_of(const Submission& submission) {
    auto weight = sizeof(Submission);
    for (const auto& said : submission.observations) {
        weight += sizeof(said) + weight_of(said.properties);
        if (said.warehouses) weight += said.warehouses->size() * (sizeof(WarehouseStock) + 64);
    }
    if (submission.webhook) weight += submission.webhook->payload.size();
    for (const auto& write : submission.records.writes()) {
        weight += sizeof(write) + write.key.size() + (write.value ? write.value->size() : 0);
    }
    return weight;
}

Result<void> Queue::refusal() const {
    if (failed_) return Errc::store_failed;
    if (stopping_) return Errc::stopping;
    return {};
}

Result<void> Queue::push(Submission& submission, Instant now, Waiter<Commit>& waiter) {
    const auto weight = weight_of(submission);
    const std::lock_guard lock{mutex_};
    if (auto refused = refusal(); !refused) return refused;
    // A single one always fits an empty queue, so that nothing is too big for ever.
    const bool too_heavy = bytes_ + weight > settings_.queue_bytes_max && !entries_.empty();
    if (entries_.size() >= settings_.queue_max || too_heavy) return Errc::ledger_full;
    entries_.push_back({std::move(submission), std::move(waiter), now, weight});
    bytes_ += weight;
    waiting_.store(entries_.size(), std::memory_order_relaxed);
    return {};
}

Result<void> Queue::push(CopyOrder& order) {
    const std::lock_guard lock{mutex_};
    if (auto refused = refusal(); !refused) return refused;
    copies_.push_back(std::move(order));
    return {};
}

Work Queue::take() {
    const std::lock_guard lock{mutex_};
    return take_batch(settings_.batch_max);
}

Work Queue::take_batch(std::size_t count) {
    Work work;
    count = std::min(count, entries_.size());
    work.submissions.reserve(count);
    work.waiters.reserve(count);
    for (; count > 0; --count) {
        auto& entry = entries_.front();
        work.submissions.push_back(std::move(entry.submission));
        work.waiters.push_back(std::move(entry.waiter));
        work.now = entry.now;
        bytes_ -= entry.weight;
        entries_.pop_front();
    }
    waiting_.store(entries_.size(), std::memory_order_relaxed);
    work.copies = std::exchange(copies_, {});
    work.ended = stopping_ && entries_.empty();
    return work;
}

void Queue::stop() {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
}

Work Queue::fail() {
    const std::lock_guard lock{mutex_};
    failed_ = true;
    return take_batch(entries_.size());
}

}  // namespace stockcast::ledger
