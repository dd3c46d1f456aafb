#include "bench/numbering.hpp"

#include "bench/notification.hpp"

namespace stockcast::bench {

Numbering::Numbered Numbering::operator()(const Message& message, std::string_view payload) {
    return rule_ == Rule::by_seq ? by_seq(message.seq, payload) : by_sight(message.seq);
}

std::optional<std::uint64_t> Numbering::trigger_of(std::optional<std::uint64_t> figure) const {
    constexpr auto from = Notifications::figures_from;
    constexpr auto all = Notifications::figures;
    if (!figure || *figure < from || *figure >= from + all) return std::nullopt;
    return (*figure + all - first_figure_) % all;
}

Numbering::Numbered Numbering::by_seq(std::uint64_t seq, std::string_view payload) {
    if (!first_seq_) first_seq_ = seq;
    if (seq < *first_seq_) return {seq, trigger_of(new_stock_of(payload))};
    const auto index = seq - *first_seq_;
    if (index >= known_.size()) known_.resize(index + 1);
    auto& known = known_[index];
    if (!known) known = {seq, trigger_of(new_stock_of(payload))};
    return *known;
}

Numbering::Numbered Numbering::by_sight(std::uint64_t figure) {
    const auto trigger = trigger_of(figure);
    if (!trigger) return {};
    if (*trigger >= known_.size()) known_.resize(*trigger + 1);
    auto& known = known_[*trigger];
    if (!known) known = {places_++, trigger};
    return *known;
}

}  // namespace stockcast::bench
