#include "stockcast/model/concerned.hpp"

namespace stockcast {

std::vector<std::string> warehouses_concerned(const Change& change) {
    std::vector<std::string> ids;
    for (const auto& warehouse : change.warehouses) ids.push_back(warehouse.id);
    if (change.type != ChangeType::product_created) return ids;
    for (const auto& warehouse : change.product.warehouses) ids.push_back(warehouse.id);
    return ids;
}

}  // namespace stockcast
