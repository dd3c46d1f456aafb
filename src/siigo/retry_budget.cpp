#include "siigo/retry_budget.hpp"

#include <algorithm>
#include <chrono>

namespace stockcast::siigo {
namespace {

constexpr std::chrono::minutes window{1};

}  // namespace

void RetryBudget::called(Steady at) {
    forget_old(at);
    calls_.push_back(at);
}

bool RetryBudget::take(Steady now) {
    forget_old(now);
    if (retries_.size() >= std::max(always, calls_.size() / 10)) return false;
    retries_.push_back(now);
    return true;
}

void RetryBudget::forget_old(Steady now) {
    for (auto* times : {&calls_, &retries_}) {
        while (!times->empty() && times->front() <= now - window) times->pop_front();
    }
}

}  // namespace stockcast::siigo
