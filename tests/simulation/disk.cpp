#include "simulation/disk.hpp"

#include "support/store_wrapper.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"
#include "stockcast/store/rocks_store.hpp"

namespace stockcast::simulation {

class Disk::Mounted final : public test::StoreWrapper {
public:
    explicit Mounted(Disk& disk) : StoreWrapper(disk.contents_), disk_(disk) {}

    Result<void> commit(const Batch& batch) override {
        const auto before = disk_.contents_.commits();
        auto committed = disk_.contents_.commit(batch);
        if (disk_.contents_.commits() != before) disk_.on_commit(batch);
        return committed;
    }

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
