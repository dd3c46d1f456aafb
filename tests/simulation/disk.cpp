#include "simulation/disk.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

namespace stockcast::simulation {

class Disk::Mounted final : public Store {
public:
    explicit Mounted(Disk& disk) : disk_(disk) {}

    Result<void> commit(const Batch& batch) override {
        const auto before = disk_.contents_.commits();
        auto committed = disk_.contents_.commit(batch);
        if (disk_.contents_.commits() != before) disk_.on_commit(batch);
        return committed;
    }
    Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        return disk_.contents_.get(family, key);
    }
    std::optional<std::string> peek(Family family, std::string_view key) const override {
        return disk_.contents_.peek(family, key);
    }
    Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                             const std::vector<std::string>& keys) const override {
        return disk_.contents_.get_many(family, keys);
    }
    std::unique_ptr<Snapshot> snapshot() const override { return disk_.contents_.snapshot(); }
    Floors floors() const override { return disk_.contents_.floors(); }
    Result<void> reclaim() override { return disk_.contents_.reclaim(); }
    Result<void> checkpoint(const std::string& directory) override { return disk_.contents_.checkpoint(directory); }
    StoreHealth recover() override { return disk_.contents_.recover(); }

private:
    Disk& disk_;
};

Disk::Disk(const std::string& epoch) {
    Batch first;
    first.put(Family::meta, std::string{keys::epoch}, records::encode_text(epoch));
    first.put(Family::meta, std::string{keys::format_version},
              records::encode_text(std::to_string(store_format_version)));
    contents_.commit(first).value();
}

std::unique_ptr<Store> Disk::mount() {
    return std::make_unique<Mounted>(*this);
}

}  // namespace stockcast::simulation
