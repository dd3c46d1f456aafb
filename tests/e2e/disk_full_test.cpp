// A full disk: webhooks get 503, readiness turns red, and both end by themselves when there is room again.
#include "e2e/world.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>

namespace stockcast::e2e {
namespace {

/// A small file system of its own. Mounting takes root: elsewhere the fault-injecting file system of tests/store stands
/// in.
class SmallDisk {
public:
    explicit SmallDisk(const char* size) {
        mounted_ = ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0,
                           (std::string{"mode=0700,size="} + size).c_str()) == 0;
    }
    ~SmallDisk() {
        if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
    }
    bool is_mounted() const { return mounted_; }
    const std::string& path() const { return directory_.path(); }
    /// Leaves `free` bytes.
    void fill(std::uintmax_t free) {
        const auto room = std::filesystem::space(path()).available;
        std::ofstream out{path() + "/ballast", std::ios::binary | std::ios::app};
        const std::string block(64 * 1024, 'x');
        for (std::uintmax_t written = 0; written + free + block.size() < room; written += block.size()) out << block;
    }
    void make_room() { std::filesystem::remove(path() + "/ballast"); }

private:
    TemporaryDirectory directory_;
    bool mounted_ = false;
};

TEST_CASE("a full disk is told with 503, turns readiness red and ends by itself", "[e2e][disk]") {
    SmallDisk disk{"300m"};
    if (!disk.is_mounted()) {
        WARN("mounting a tmpfs is refused here: not run");
        return;
    }
    World world{{.server = {{"DATA_DIR", disk.path() + "/data"}, {"SIIGO_ENABLED", "false"}}}};
    world.start_server();
    REQUIRE(world.notify(Notification{.quantity = "1", .stock_updated = "2025-01-20T10:30:01Z"}.json()).status == 200);
    const auto head = world.head();

    disk.fill(1 << 20);
    const auto later = [](int n) {
        return Notification{.quantity = std::to_string(n),
                            .stock_updated = "2025-01-20T10:30:" + std::to_string(n) + "Z"}
            .json();
    };
    REQUIRE(eventually([&] { return world.notify(later(20)).status == 503; }));
    const auto refused = world.notify(later(21));
    CHECK(refused.status == 503);
    CHECK(refused.fields.contains("retry-after"));
    CHECK(eventually([&] { return world.get("/readyz", "").status == 503; }));
    CHECK(world.get("/healthz", "").status == 200);

    disk.make_room();
    CHECK(eventually([&] { return world.get("/readyz", "").status == 200; }));
    CHECK(eventually([&] { return world.notify(later(30)).status == 200; }));
    CHECK(world.stock("E2E-1") == "30");
    CHECK(world.head() > head);
    CHECK(world.stop_server() == 0);
}

}  // namespace
}  // namespace stockcast::e2e
