#include "http/product_answers.hpp"

#include <utility>

namespace stockcast {
namespace {

std::size_t weight_of(const ProductAnswers::Answer& answer) {
    constexpr std::size_t node = 128;
    return node + answer.body.capacity() + answer.tag.capacity();
}

}  // namespace

const ProductAnswers::Answer* ProductAnswers::find(const ProductId& id) const {
    const auto found = answers_.find(id);
    return found == answers_.end() ? nullptr : &found->second;
}

const ProductAnswers::Answer& ProductAnswers::keep(const ProductId& id, Answer answer) {
    const auto weight = weight_of(answer);
    if (bytes_ + weight > bytes_max) {
        answers_.clear();
        bytes_ = 0;
    }
    const auto [place, is_new] = answers_.try_emplace(id, std::move(answer));
    if (is_new) bytes_ += weight;
    return place->second;
}

void ProductAnswers::forget(const std::vector<WrittenProduct>& written) {
    for (const auto& [company, id] : written) {
        const auto found = answers_.find(id);
        if (found == answers_.end()) continue;
        bytes_ -= weight_of(found->second);
        answers_.erase(found);
    }
}

}  // namespace stockcast
