#include "store/live_floors.hpp"

#include <utility>

namespace stockcast {
namespace {

class BelowFloor final : public rocksdb::CompactionFilter {
public:
    BelowFloor(Family family, const Floors& floors) : family_(family), floors_(floors) {}
    const char* Name() const override { return "stockcast.BelowFloor"; }
    bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice&, std::string*, bool*) const override {
        return floors_.hide(family_, {key.data(), key.size()});
    }

private:
    Family family_;
    Floors floors_;
};

class DropBelowFloors final : public rocksdb::CompactionFilterFactory {
public:
    DropBelowFloors(Family family, std::shared_ptr<const LiveFloors> floors)
        : family_(family), floors_(std::move(floors)) {}
    const char* Name() const override { return "stockcast.DropBelowFloors"; }
    std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
        const rocksdb::CompactionFilter::Context&) override {
        const auto floors = floors_->get();
        if (!floors.bound(family_)) return nullptr;
        return std::make_unique<BelowFloor>(family_, floors);
    }

private:
    Family family_;
    std::shared_ptr<const LiveFloors> floors_;
};

}  // namespace

std::shared_ptr<rocksdb::CompactionFilterFactory> drop_below_floors(Family family,
                                                                    std::shared_ptr<const LiveFloors> floors) {
    return std::make_shared<DropBelowFloors>(family, std::move(floors));
}

}  // namespace stockcast
