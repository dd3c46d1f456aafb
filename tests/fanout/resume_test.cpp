// Chance against the whole fan-out: clients connect, narrow, stop reading, vanish and resume while changes are
// published, retention takes old ones, and the server is started again, at times as another store. What each client got
// is compared with what there was. STOCKCAST_RESUMES (default 3,000) is how many resumes, STOCKCAST_SEED the chance.
#include "fanout/fixture.hpp"
#include "support/builders.hpp"

#include "stockcast/fanout/framing.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <catch2/catch.hpp>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <random>

using namespace stockcast;
using namespace stockcast::test;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What a change is to a filter; the truth that clients are held against.
struct Told {
    ChangeType type;
    std::string code;
};

struct Truth {
    std::vector<Told> changes;  ///< by seq, from 1
    Seq oldest = 1;             ///< kept
    std::string epoch = "e0";
    Seq head() const { return changes.size(); }
    const Told& at(Seq seq) const { return changes.at(seq - 1); }
};

/// A server that can be started again.
struct Server {
    asio::io_context io;
    ManualClock clock;
    RecordingLog log;
    MemoryStore store;
    StepWorkers workers;
    BroadcasterSettings settings;
    std::unique_ptr<Broadcaster> broadcaster;
    Truth truth;

    explicit Server(std::size_t ring_bytes) {
        settings.ring_bytes = ring_bytes;
        settings.log_read_bytes = 2'000;
        settings.write_bytes = 3'000;
        start();
    }
    void start() {
        broadcaster = std::make_unique<Broadcaster>(io.get_executor(), store, workers, clock, log, truth.epoch,
                                                    truth.head(), ChainHash{}, settings);
    }
    void settle() { run_until_idle(io); }

    void publish(std::size_t count, std::mt19937_64& chance) {
        CommitNotice notice;
        Batch batch;
        for (; count > 0; --count) {
            Told told{chance() % 4 == 0 ? ChangeType::product_deleted : ChangeType::stock_updated,
                      std::string(1, static_cast<char>('A' + chance() % 4))};
            records::StoredChange stored;
            auto& recorded = stored.change;
            recorded.seq = truth.head() + 1;
            recorded.type = told.type;
            recorded.product = product().coded(told.code).named(std::string(chance() % 300, 'x')).with_stock(5);
            write_change_json(stored.event, recorded);
            batch.put(Family::changes, keys::change(recorded.seq), records::encode(stored));
            notice.changes.push_back(
                {recorded.seq, told.type, "main", recorded.product.id, told.code, {}, std::move(stored.event)});
            truth.changes.push_back(std::move(told));
        }
        notice.head = truth.head();
        notice.oldest = truth.oldest;
        REQUIRE(store.commit(batch));
        broadcaster->publish(notice);
    }

    /// Retention, up to this one. It is published with the next changes, as the ledger does it.
    void forget_up_to(Seq seq) {
        Batch batch;
        for (; truth.oldest <= seq; ++truth.oldest) batch.erase(Family::changes, keys::change(truth.oldest));
        REQUIRE(store.commit(batch));
        CommitNotice notice;
        notice.head = truth.head();
        notice.oldest = truth.oldest;
        broadcaster->publish(notice);
    }
};

/// A client that knows what it has, as an application would, and checks all that it is told.
class Follower {
public:
    explicit Follower(Server& server) : server_(server) {}
    ~Follower() { vanish(); }

    bool is_connected() const { return end_ != nullptr; }

    void connect(std::mt19937_64& chance) {
        filter_.reset();
        wanted_.reset();
        unread_.clear();
        over_ = std::make_shared<bool>(false);
        auto [mine, theirs] = PipeStream::make(server_.io.get_executor(), 60 + chance() % 3'000);
        end_ = std::move(mine);
        is_websocket_ = chance() % 2 == 0;
        may_reset_ = epoch_ != server_.truth.epoch;
        Resume resume;
        resume.since = at_;
        resume.epoch = epoch_;
        TakenOver connection{std::move(theirs), {}, {nullptr, [over = over_](const void*) { *over = true; }}};
        if (is_websocket_) return server_.broadcaster->serve_websocket(std::move(connection), resume, {});
        Filter narrowed;
        if (chance() % 2 == 0) filter_ = narrowed = random_filter(chance);
        server_.broadcaster->serve_events(std::move(connection), resume, narrowed, {});
    }

    void subscribe(std::mt19937_64& chance) {
        if (!is_websocket_ || wanted_) return;
        wanted_ = random_filter(chance);
        std::string list;
        for (const auto& code : wanted_->codes()) list += (list.empty() ? "\"" : ",\"") + code + "\"";
        const auto text = R"({"type":"subscribe","codes":[)" + list + "]}";
        std::string frame{"\x81"};
        frame += static_cast<char>(0x80 | text.size());
        end_->put(frame + std::string(4, '\0') + text);
    }

    void vanish() {
        if (!end_) return;
        end_->close();
        server_.settle();
        while (server_.workers.run_one()) server_.settle();
        if (!*over_) std::terminate();  // a session that does not end when its client has gone
        end_.reset();
    }

    void read() {
        unread_ += end_->take();
        while (is_websocket_ ? take_frame() : take_event()) {
        }
    }

    /// Everything that there is was delivered, or is what its filter holds back.
    void expect_all() { expect_none_between(at_, server_.truth.head() + 1); }

    std::uint64_t delivered = 0;

private:
    static Filter random_filter(std::mt19937_64& chance) {
        Filter filter;
        for (auto count = 1 + chance() % 2; count > 0; --count)
            filter.add_code(std::string(1, static_cast<char>('A' + chance() % 4)));
        return filter;
    }

    bool take_frame() {
        if (unread_.size() < 2) return false;
        std::size_t length = static_cast<unsigned char>(unread_[1]);
        const std::size_t header = length == 126 ? 4 : 2;
        REQUIRE(length != 127);
        if (unread_.size() < header) return false;
        if (header == 4) length = static_cast<unsigned char>(unread_[2]) << 8 | static_cast<unsigned char>(unread_[3]);
        if (unread_.size() < header + length) return false;
        // Closed, since it took nothing for a minute: no more follows.
        if (unread_[0] != '\x88') hear(std::string_view{unread_}.substr(header, length));
        unread_.erase(0, header + length);
        return true;
    }

    bool take_event() {
        const auto end = unread_.find("\n\n");
        if (end == std::string::npos) return false;
        const auto data = unread_.find("data: ");
        REQUIRE(data < end);
        const auto message = std::string_view{unread_}.substr(data + 6, end - data - 6);
        if (type_of(message) != "close") hear(message);
        unread_.erase(0, end + 2);
        return true;
    }

    void hear(std::string_view message) {
        INFO(message);
        const auto number = message.find("\"seq\":");
        REQUIRE(number != std::string_view::npos);
        Seq seq = 0;
        std::from_chars(message.data() + number + 6, message.data() + message.size(), seq);
        const auto type = type_of(message);
        if (type == "hello") {
            epoch_ = server_.truth.epoch;
        } else if (type == "reset") {
            // What it is missing may have been taken by retention before its turn at the log came.
            REQUIRE((may_reset_ || at_ + 1 < server_.truth.oldest));
            at_ = seq;
        } else if (type == "subscribed") {
            expect_none_between(at_, seq + 1);
            filter_ = std::exchange(wanted_, std::nullopt);
            at_ = seq;
        } else if (type == "caught_up" || type == "heartbeat") {
            expect_none_between(at_, seq + 1);
            at_ = std::max(at_, seq);
        } else {
            REQUIRE(seq > at_);
            expect_none_between(at_, seq);
            REQUIRE(passes(seq));
            at_ = seq;
            ++delivered;
        }
    }

    bool passes(Seq seq) const {
        const auto& told = server_.truth.at(seq);
        return !filter_ || filter_->passes(told.type, told.code, {});
    }

    void expect_none_between(Seq after, Seq before) const {
        for (auto seq = after + 1; seq < before; ++seq) REQUIRE_FALSE(passes(seq));
    }

    Server& server_;
    std::unique_ptr<PipeStream> end_;
    std::shared_ptr<bool> over_;
    bool is_websocket_ = true;
    bool may_reset_ = false;
    std::string unread_;
    std::string epoch_;
    Seq at_ = 0;
    std::optional<Filter> filter_;  ///< in force, as far as it was heard
    std::optional<Filter> wanted_;  ///< asked for
};

}  // namespace

TEST_CASE("whatever clients and the server do, each gets everything once, in order, or is told to read anew",
          "[fanout][resume]") {
    const auto seed = from_environment("STOCKCAST_SEED", 1);
    const auto resumes_wanted = from_environment("STOCKCAST_RESUMES", 3'000);
    INFO("STOCKCAST_SEED=" << seed);
    std::mt19937_64 chance{seed};
    Server server{3'000 + chance() % 20'000};
    std::vector<std::unique_ptr<Follower>> followers;
    for (int i = 0; i < 20; ++i) followers.push_back(std::make_unique<Follower>(server));

    std::uint64_t resumes = 0;
    while (resumes < resumes_wanted) {
        auto& follower = *followers[chance() % followers.size()];
        const auto what = chance() % 100;
        if (what < 1) {  // another process, at times with another store
            for (auto& one : followers) one->vanish();
            if (chance() % 2 == 0) server.truth.epoch = "e" + std::to_string(chance());
            server.start();
        } else if (what < 3) {
            server.forget_up_to(server.truth.head() - chance() % std::min<Seq>(server.truth.head() + 1, 40));
        } else if (what < 4) {
            server.clock.advance(server.io, std::chrono::seconds{1 + chance() % 20});
        } else if (what < 6) {
            server.workers.held = !server.workers.held;
        } else if (what < 9) {
            server.workers.run_one();
        } else if (what < 13) {
            if (follower.is_connected()) follower.subscribe(chance);
        } else if (what < 50 && !follower.is_connected()) {
            follower.connect(chance);
            ++resumes;
        } else if (what < 50) {
            if (chance() % 2 == 0) follower.vanish();
        } else if (what < 80) {
            if (follower.is_connected()) follower.read();
        } else {
            server.publish(1 + chance() % 12, chance);
        }
        if (chance() % 3 != 0) server.settle();  // else what comes next meets what is under way
    }

    server.workers.held = false;
    std::uint64_t delivered = 0;
    for (auto& follower : followers) {
        follower->vanish();  // it may have been closed without having read so far
        follower->connect(chance);
        for (std::uint64_t before = ~std::uint64_t{0}, idle = 0; idle < 3;
             idle = before == follower->delivered ? idle + 1 : 0) {
            before = follower->delivered;
            server.settle();
            while (server.workers.run_one()) server.settle();
            follower->read();
        }
        follower->expect_all();
        delivered += follower->delivered;
    }
    CHECK(delivered > resumes);  // else nothing was tried
}
