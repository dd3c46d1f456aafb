#include "ledger/examined.hpp"

#include <functional>

namespace stockcast::ledger {

std::vector<Finding> Findings::take() && {
    if (is_full()) {
        all_.resize(most_);
        all_.push_back({"and more", "y más"});
    }
    return std::move(all_);
}

void SeqSet::add(Seq seq) {
    // splitmix64's last step: so that no two small sets of neighbours have one sum.
    std::uint64_t mixed = seq + 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    sum += mixed ^ (mixed >> 31);
    ++count;
}

bool Examined::has(Family family, const std::string& key) {
    const auto value = snapshot->get(family, key);
    if (!value) unreadable(family, value.error());
    return value && value->has_value();
}

void Examined::unreadable(Family family, error_code why) {
    findings.add({"{family}: cannot be read: {reason}", "{family}: no se puede leer: {reason}"},
                 {{"family", to_string(family)}, {"reason", why.message()}});
}

void shorten(Product& product) {
    product.properties = std::to_string(std::hash<std::string>{}(product.properties));
}

}  // namespace stockcast::ledger
