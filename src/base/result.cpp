#include "stockcast/base/result.hpp"

#include <string>

namespace stockcast {
namespace {

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "stockcast"; }

    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
            case Errc::malformed: return "malformed input";
            case Errc::out_of_bounds: return "past a limit of size, depth or value";
            case Errc::not_found: return "not found";
            case Errc::closed: return "connection closed";
            case Errc::timed_out: return "timed out";
            case Errc::stopping: return "shutting down";
            case Errc::too_busy: return "too much is waiting to be read";
            case Errc::ledger_full: return "too many changes are waiting to be stored";
            case Errc::store_full: return "no room left on the disk";
            case Errc::store_failed: return "the store failed: the outcome of a write is unknown";
            case Errc::store_damaged: return "the store is damaged";
            case Errc::siigo_unavailable: return "SIIGO gave no usable answer";
            case Errc::siigo_rejected: return "SIIGO rejected the request";
            case Errc::siigo_unauthorized: return "SIIGO refused the credentials";
            case Errc::siigo_not_found: return "SIIGO does not know it";
            case Errc::siigo_throttled: return "no call to SIIGO is allowed now";
        }
        return "unknown error " + std::to_string(value);
    }
};

}  // namespace

const boost::system::error_category& stockcast_category() noexcept {
    static const Category category;
    return category;
}

boost::system::error_code make_error_code(Errc e) noexcept {
    return {static_cast<int>(e), stockcast_category()};
}

}  // namespace stockcast
