#pragma once

#include "stockcast/ledger/ledger.hpp"
#include "stockcast/model/ids.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stockcast {

/// Single products as they were answered last, until a batch writes them. Asking for one costs about as much as reading
/// it from memory and writing it out again, and the same few are asked for over and over. Executor only.
class ProductAnswers {
public:
    /// What is kept weighs this much at most; then it begins anew.
    static constexpr std::size_t bytes_max = std::size_t{8} << 20;

    struct Answer {
        std::string body;
        std::string tag;  ///< its ETag
    };
    /// Null: it has to be made. Valid until the next call.
    const Answer* find(const ProductId& id) const;
    /// Only in the same turn of the executor as the record was read in: a batch that is written later is told of later,
    /// by forget(), so what stands here is never older than what was last told.
    const Answer& keep(const ProductId& id, Answer answer);
    void forget(const std::vector<WrittenProduct>& written);

private:
    struct Hash {
        std::size_t operator()(const ProductId& id) const {
            const auto& bytes = id.bytes();
            return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        }
    };
    std::unordered_map<ProductId, Answer, Hash> answers_;
    std::size_t bytes_ = 0;
};

}  // namespace stockcast
