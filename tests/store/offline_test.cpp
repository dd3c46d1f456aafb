#include "stockcast/store/offline.hpp"

#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"

#include "stockcast/store/directory_lock.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <functional>
#include <set>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace stockcast;
using namespace stockcast::test;
using namespace std::chrono_literals;
using Reason = StoreRefused::Reason;

namespace {

/// The server's end of DATA_DIR/stockcast.sock for one caller: `answer` makes the reply of the line that was asked.
class OneCaller {
public:
    OneCaller(const std::string& data_dir, std::function<std::string(const std::string&)> answer) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = data_dir + "/stockcast.sock";
        REQUIRE(path.size() < sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_, 1) == 0);
        std::filesystem::create_directory(data_dir + "/snapshots");  // the server's to make
        thread_ = std::thread{[this, answer = std::move(answer)] { serve(answer); }};
    }
    ~OneCaller() {
        thread_.join();
        ::close(listener_);
    }

private:
    void serve(const std::function<std::string(const std::string&)>& answer) const {
        const int caller = ::accept(listener_, nullptr, nullptr);
        std::string line;
        char byte = 0;
        while (::recv(caller, &byte, 1, 0) == 1 && byte != '\n') line += byte;
        const auto reply = answer(line);
        [[maybe_unused]] const auto sent = ::send(caller, reply.data(), reply.size(), MSG_NOSIGNAL);
        ::close(caller);
    }

    int listener_ = -1;
    std::thread thread_;
};

std::set<std::string> files_below(const std::string& directory) {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{directory})
        files.insert(entry.path().string());
    return files;
}

StoreRefused refusal_offline(const std::string& data_dir, std::chrono::seconds patience = 30s) {
    SeededRandom random;
    try {
        OfflineStore{data_dir, random, patience};
    } catch (const StoreRefused& refused) {
        return refused;
    }
    throw std::runtime_error{"it was opened"};
}

}  // namespace

TEST_CASE("a store that nobody uses is read in its place, with its log, and not a file of it changes",
          "[store][offline]") {
    const TemporaryDirectory directory;
    CHECK(open_in(directory.path())->commit(batch_of(Family::products, "a", "1")));
    const auto before = files_below(directory.path());
    {
        SeededRandom random;
        OfflineStore offline{directory.path(), random};
        CHECK_FALSE(offline.is_copy());
        CHECK(offline.store().get(Family::products, "a").value() == "1");
        CHECK(offline.store().commit(batch_of(Family::products, "b", "1")).error() == Errc::store_failed);
        // A server that starts now is kept out, or it would delete files under the reader.
        const auto refused = refusal_of(settings_in(directory.path()));
        REQUIRE(refused);
        CHECK(refused->reason() == Reason::locked);
        CHECK(files_below(directory.path()) == before);
    }
    CHECK(files_below(directory.path()) == before);
    CHECK(open_in(directory.path())->commit(batch_of(Family::products, "b", "1")));
}

TEST_CASE("a store in use is read from a copy that its server makes, and the copy goes afterwards",
          "[store][offline]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory.path());
    CHECK(store->commit(batch_of(Family::products, "a", "1")));
    std::string asked;
    {
        const OneCaller server{directory.path(), [&](const std::string& line) {
                                   asked = line;
                                   return store->checkpoint(line.substr(line.find(' ') + 1)) ? "ok\n" : "error no\n";
                               }};
        SeededRandom random;
        OfflineStore offline{directory.path(), random};
        CHECK(offline.is_copy());
        CHECK(offline.store().get(Family::products, "a").value() == "1");
        const auto real = std::filesystem::canonical(directory.path()).string();
        CHECK(asked == "checkpoint " + offline.directory());
        CHECK_THAT(offline.directory(), Catch::StartsWith(real + "/snapshots/"));
        CHECK(std::filesystem::exists(offline.directory()));
    }
    CHECK(std::filesystem::is_empty(directory / "snapshots"));
}

TEST_CASE("a copy that a killed tool left is removed by the next, one in use is not", "[store][offline]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory.path());
    const auto snapshots = directory / "snapshots";
    const auto old = std::filesystem::file_time_type::clock::now() - 1h;
    for (const auto* name : {"left", "used", "young"}) std::filesystem::create_directories(snapshots + "/" + name);
    for (const auto* name : {"left", "used"}) std::filesystem::last_write_time(snapshots + "/" + name, old);
    const DirectoryLock used{snapshots + "/used", DirectoryLock::Missing::refuse};
    {
        const OneCaller server{directory.path(), [&](const std::string& line) {
                                   return store->checkpoint(line.substr(line.find(' ') + 1)) ? "ok\n" : "error no\n";
                               }};
        SeededRandom random;
        const OfflineStore offline{directory.path(), random};
        CHECK(std::filesystem::exists(offline.directory()));
    }
    CHECK_FALSE(std::filesystem::exists(snapshots + "/left"));
    CHECK(std::filesystem::exists(snapshots + "/used"));
    CHECK(std::filesystem::exists(snapshots + "/young"));
}

TEST_CASE("a server that makes no copy is named with its reason, and nothing stays behind", "[store][offline]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory.path());
    const std::vector<std::pair<std::string, std::string>> answers{{"error no room\n", "no room"},
                                                                   {"what?\n", "answered \"what?\""},
                                                                   {"", "hung up"},
                                                                   {std::string(5'000, 'x'), "no end"}};
    for (const auto& [answer, reason] : answers) {
        {
            const OneCaller server{directory.path(), [reply = answer](const std::string&) { return reply; }};
            const auto refused = refusal_offline(directory.path());
            CHECK(refused.reason() == Reason::unreachable);
            CHECK_THAT(refused.what(), Catch::Contains(reason) && Catch::Contains("is in use"));
            CHECK_THAT(refused.spanish(), Catch::Contains(reason) && Catch::Contains("está en uso"));
        }
        std::filesystem::remove(directory / "stockcast.sock");
        CHECK(std::filesystem::is_empty(directory / "snapshots"));
    }
    CHECK_THAT(refusal_offline(directory.path()).what(), Catch::Contains("stockcast.sock"));
}

TEST_CASE("a directory without a store is refused and nothing is made in it", "[store][offline]") {
    const TemporaryDirectory directory;
    CHECK(refusal_offline(directory / "missing").reason() == Reason::unreachable);
    const auto refused = refusal_offline(directory.path());
    CHECK(refused.reason() == Reason::unreachable);
    CHECK_THAT(refused.what(), Catch::Contains("There is no store"));
    CHECK_THAT(refused.spanish(), Catch::Contains("No hay ningún almacén"));
    CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("a checkpoint can be read like a data directory", "[store][offline]") {
    const TemporaryDirectory directory;
    const auto store = open_in(directory / "data");
    CHECK(store->commit(batch_of(Family::products, "a", "1")));
    CHECK(store->checkpoint(directory / "backup"));
    SeededRandom random;
    OfflineStore offline{directory / "backup", random};
    CHECK(offline.store().get(Family::products, "a").value() == "1");
}
