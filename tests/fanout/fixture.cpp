#include "fanout/fixture.hpp"

#include "support/builders.hpp"

#include "stockcast/net/websocket.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <stdexcept>

namespace stockcast::test {

namespace {

std::string joined(std::string a, const std::string& b) {
    return a.empty() ? b : b.empty() ? a : a + " " + b;
}

/// `change:42` for whatever has a seq and is a change; type, `:seq` and `:epoch` for the server's own messages.
std::string name_of(const std::string& event) {
    const auto json = parse_json(event);
    if (!json) throw std::runtime_error{"not JSON: " + event};
    const auto text = [&](std::string_view name) {
        const auto* member = json->find(name);
        if (member == nullptr) return std::string{};
        if (member->if_string() != nullptr) return ":" + *member->if_string();
        return ":" + to_text(*member);
    };
    auto type = text("type").substr(1);
    const bool is_change = json->find("source") != nullptr;
    return (is_change ? "change" : type) + text("seq") + text("epoch") + text("code");
}

}  // namespace

void StepWorkers::post(std::function<void()> job) {
    ++posted;
    if (!held) return job();
    jobs_.push_back(std::move(job));
}

bool StepWorkers::run_one() {
    if (jobs_.empty()) return false;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
    return true;
}

std::string TestClient::take_frames() {
    std::string out;
    for (;;) {
        if (unread_.size() < 2) return out;
        std::size_t length = static_cast<unsigned char>(unread_[1]);
        std::size_t header = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (unread_.size() < header) return out;
        if (header > 2) length = 0;
        for (std::size_t i = 2; i < header; ++i) length = length << 8 | static_cast<unsigned char>(unread_[i]);
        if (unread_.size() < header + length) return out;

        const auto opcode = static_cast<websocket::Opcode>(unread_[0] & 0x0f);
        const auto payload = unread_.substr(header, length);
        unread_.erase(0, header + length);
        switch (opcode) {
            case websocket::Opcode::text:
                events_ += payload + "\n";
                out = joined(out, name_of(payload));
                break;
            case websocket::Opcode::pong: out = joined(out, "pong:" + payload); break;
            case websocket::Opcode::close: {
                const int code = payload.size() < 2 ? 1005
                                                    : static_cast<unsigned char>(payload[0]) << 8 |
                                                          static_cast<unsigned char>(payload[1]);
                out = joined(out, "close:" + std::to_string(code));
                break;
            }
            default: throw std::runtime_error{"a frame that no server sends"};
        }
    }
}

std::string TestClient::take_events() {
    std::string out;
    for (;;) {
        const auto end_of_event = unread_.find("\n\n");
        if (end_of_event == std::string::npos) return out;
        out = joined(out, take_event(std::string_view{unread_}.substr(0, end_of_event + 1)));
        unread_.erase(0, end_of_event + 2);
    }
}

/// Strict where a browser is lenient: fields that nobody asked for, and an id on what is no change, are errors.
std::string TestClient::take_event(std::string_view block) {
    std::string data, type, id;
    while (!block.empty()) {
        const auto line = block.substr(0, block.find('\n'));
        block.remove_prefix(line.size() + 1);
        const auto colon = line.find(": ");
        const std::string value{line.substr(colon + 2)};
        const auto name = line.substr(0, colon);
        if (name == "data")
            data = value;
        else if (name == "event")
            type = value;
        else if (name == "id")
            id = value;
        else if (name == "retry")
            retries.push_back(std::stoi(value));
        else
            throw std::runtime_error{"a line that no server sends: " + std::string{line}};
    }
    const auto json = parse_json(data);
    if (!json || *json->find("type")->if_string() != type) throw std::runtime_error{"not an event: " + data};
    const bool is_change = json->find("source") != nullptr;
    if (is_change != !id.empty()) throw std::runtime_error{"an id where none belongs: " + data};
    if (is_change && id != "epoch-1:" + to_text(*json->find("seq"))) throw std::runtime_error{"the wrong id: " + id};
    if (is_change) last_id = id;
    events_ += data + "\n";
    return name_of(data);
}

std::string TestClient::heard() {
    std::string all;
    for (;;) {  // taking makes room for more
        on_->settle();
        const auto bytes = reads ? end->take() : std::string{};
        if (bytes.empty()) return all;
        unread_ += bytes;
        all = joined(all, wire_ == Wire::websocket ? take_frames() : take_events());
    }
}

std::vector<std::string> TestClient::events() {
    events_.clear();
    heard();
    std::vector<std::string> out;
    for (std::size_t at = 0, end_of_line = 0; (end_of_line = events_.find('\n', at)) != std::string::npos;
         at = end_of_line + 1)
        out.push_back(events_.substr(at, end_of_line - at));
    return out;
}

void TestClient::say(std::string_view text) {
    send_frame(0x81, text);
}

void TestClient::send_frame(int first_byte, std::string_view payload) {
    std::string frame(1, static_cast<char>(first_byte));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xff);
    }
    frame += std::string(4, '\0');  // masked with zeros: the same bytes
    end->put(frame + std::string{payload});
    on_->settle();
}

FanoutFixture::FanoutFixture(BroadcasterSettings settings, Seq its_head)
    : broadcaster(io.get_executor(), store, workers, clock, log, "epoch-1", its_head, {}, settings), head(its_head) {
    asio::co_spawn(io, broadcaster.run(), asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr thrown) {
                       if (thrown) std::rethrow_exception(thrown);
                       stopped_ = true;
                   }));
    settle();
}

FanoutFixture::~FanoutFixture() {
    workers.held = false;
    while (workers.run_one()) settle();
    for (const auto& client : clients_) client->hang_up();
    settle();
    if (broadcaster.sessions() != 0) std::terminate();  // a session that does not end when its client has gone
    stop(asio::cancellation_type::terminal);
    if (!stopped_) std::terminate();
}

void FanoutFixture::change(std::size_t count, std::string code, std::vector<std::string> warehouses, ChangeType type) {
    CommitNotice notice;
    Batch batch;
    for (; count > 0; --count) {
        records::StoredChange stored;
        auto& recorded = stored.change;
        recorded.seq = ++head;
        recorded.type = type;
        recorded.product = product().coded(code).named("Producto" + padding).with_stock(5);
        for (const auto& id : warehouses) recorded.warehouses.push_back({id, "Bodega", quantity("1"), quantity("2")});
        write_change_json(stored.event, recorded);
        batch.put(Family::changes, keys::change(head), records::encode(stored));
        notice.changes.push_back({head, type, "main", recorded.product.id, code, warehouses, stored.event});
    }
    notice.head = head;
    notice.head_hash = head_hash = head_hash.followed_by("change " + std::to_string(head));
    if (!store.commit(batch)) throw std::runtime_error{"the store"};
    broadcaster.publish(notice);
    settle();
}

void FanoutFixture::forget_up_to(Seq seq) {
    Batch batch;
    for (Seq one = 1; one <= seq; ++one) batch.erase(Family::changes, keys::change(one));
    if (!store.commit(batch)) throw std::runtime_error{"the store"};
}

TestClient& FanoutFixture::connect(Resume resume, std::optional<Instant> expires, std::size_t capacity) {
    const StreamClient client{"192.0.2.1", "ana", expires};
    if (wire == Wire::websocket)
        return start(
            [&](TakenOver connection) {
                broadcaster.serve_websocket(std::move(connection), std::move(resume), client);
            },
            capacity);
    return start(
        [&](TakenOver connection) { broadcaster.serve_events(std::move(connection), std::move(resume), {}, client); },
        capacity);
}

TestClient& FanoutFixture::connect_narrowed(Resume resume, Filter filter) {
    const auto serve = [&](TakenOver connection) {
        broadcaster.serve_events(std::move(connection), std::move(resume), std::move(filter), {});
    };
    return start(serve, 1 << 20);
}

TestClient& FanoutFixture::start(const std::function<void(TakenOver)>& serve, std::size_t capacity) {
    auto client = std::make_unique<TestClient>();
    auto [mine, theirs] = PipeStream::make(io.get_executor(), capacity);
    client->end = std::move(mine);
    client->on_ = this;
    client->wire_ = wire;
    const std::shared_ptr<const void> place{nullptr, [its = client.get()](const void*) { its->over = true; }};
    serve({std::move(theirs), {}, place});
    clients_.push_back(std::move(client));
    settle();
    return *clients_.back();
}

void FanoutFixture::stop(asio::cancellation_type how) {
    stop_.emit(how);
    settle();
}

void FanoutFixture::settle() {
    run_until_idle(io);
}
void FanoutFixture::advance(std::chrono::nanoseconds by) {
    clock.advance(io, by);
}

std::string changes(Seq first, Seq last) {
    std::string out;
    for (; first <= last; ++first) out = joined(out, "change:" + std::to_string(first));
    return out;
}

}  // namespace stockcast::test
