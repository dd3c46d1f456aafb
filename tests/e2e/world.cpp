#include "e2e/world.hpp"

#include "stockcast/base/random.hpp"
#include "stockcast/http/jwt.hpp"
#include "stockcast/ledger/invariants.hpp"
#include "stockcast/model/quantity.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace stockcast::e2e {
namespace {

/// Of SIIGO's figures those that are otherwise here, each with both.
std::vector<std::string> differing(const std::map<std::string, std::string>& theirs,
                                   const std::map<std::string, std::string>& ours) {
    std::vector<std::string> wrong;
    for (const auto& [code, figure] : theirs) {
        const auto at = ours.find(code);
        const auto said = at == ours.end() ? std::string{"nothing"} : at->second;
        const auto there = Quantity::parse(figure), here = Quantity::parse(said);
        if (there && here ? *there != *here : figure != said)
            wrong.push_back(code + " is " + figure + " at SIIGO, " + said + " here");
    }
    return wrong;
}

}  // namespace
namespace {

std::string token(Role role) {
    const auto keys = JwtKeys::hs256(World::jwt_secret());
    const auto now = Instant::from_unix_ms(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    return keys->sign(role, "e2e", now, now + std::chrono::hours{1}).value();
}

}  // namespace

TemporaryDirectory::TemporaryDirectory()
    : path_((std::filesystem::temp_directory_path() / "stockcast-e2e-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw std::runtime_error("mkdtemp failed");
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

const std::string& World::secret() {
    static const std::string secret = "e2e-webhook-secret-0123456789";
    return secret;
}
const std::string& World::jwt_secret() {
    static const std::string secret = "e2e-jwt-secret-that-is-long-enough-0123456789";
    return secret;
}
std::string World::admin_token() {
    return token(Role::admin);
}
std::string World::viewer_token() {
    return token(Role::viewer);
}

std::string program(const std::string& name) {
    const char* elsewhere = std::getenv("PROGRAMS");
    const auto directory = elsewhere ? elsewhere : std::filesystem::path{STOCKCAST_PROGRAM}.parent_path().string();
    return directory + "/" + name;
}

std::uint16_t free_port() {
    boost::asio::io_context io;
    using boost::asio::ip::tcp;
    return tcp::acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}}.local_endpoint().port();
}

std::uint16_t port_in(const std::string& output) {
    const auto at = output.find("listening on http");
    if (at == std::string::npos) return 0;
    const auto line = output.substr(at, output.find('\n', at) - at);
    return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
}

World::World(Options options) : options_(std::move(options)), data_dir_(directory_.path() + "/data") {
    if (const auto elsewhere = options_.server.find("DATA_DIR"); elsewhere != options_.server.end())
        data_dir_ = elsewhere->second;
    std::vector<std::string> arguments{program("siigo-sim"), "--port", "0"};
    arguments.insert(arguments.end(), options_.simulator.begin(), options_.simulator.end());
    simulator_ = std::make_unique<Process>(arguments, Environment{}, directory_.path() + "/siigo.log");
    if (!simulator_->wait_for_output("listening on")) throw std::runtime_error("siigo-sim: " + simulator_->output());
    siigo_port_ = port_in(simulator_->output());
}

World::~World() {
    const bool is_failing = std::uncaught_exceptions() > 0;
    if (server_ && is_failing) WARN("server's log:\n" << server_->output());
    server_.reset();
    if (!is_failing && !is_damaged_) check_store();
}

void World::check_store() {
    if (!std::filesystem::exists(data_dir_ + "/rocksdb")) return;
    std::vector<std::string> findings;
    try {
        findings = store_findings();
    } catch (const std::exception& refused) {
        findings = {refused.what()};
    }
    CHECK(findings == std::vector<std::string>{});
}

World::Environment World::environment() const {
    Environment environment{{"DATA_DIR", data_dir_},
                            {"HOST", "127.0.0.1"},
                            {"PORT", "0"},
                            {"JWT_SECRET", jwt_secret()},
                            {"WEBHOOK_SECRET", secret()},
                            {"SIIGO_BASE_URL", "http://127.0.0.1:" + std::to_string(siigo_port_)},
                            {"SIIGO_USERNAME", "demo@stockcast.example"},
                            {"SIIGO_ACCESS_KEY", "demo-access-key"},
                            {"SIIGO_PARTNER_ID", "stockcastE2E"},
                            {"SIIGO_REQUEST_SPACING", "0ms"},
                            {"LANG", "C"},
                            {"LOG_LEVEL", "debug"}};
    for (const auto& [name, value] : options_.server) environment[name] = value;
    return environment;
}

void World::start_server(const Environment& more) {
    auto settings = environment();
    for (const auto& [name, value] : more) settings[name] = value;
    server_ = std::make_unique<Process>(std::vector<std::string>{program("stockcast"), "serve"}, settings,
                                        directory_.path() + "/server-" + std::to_string(++starts_) + ".log");
    if (!server_->wait_for_output("listening on")) throw std::runtime_error("stockcast: " + server_->output());
    port_ = port_in(server_->output());
}

bool World::wait_until_ready() {
    return eventually([&] { return get("/readyz", "").status == 200; }, std::chrono::seconds{60});
}

int World::stop_server() {
    server_->signal(SIGTERM);
    return server_->wait();
}

void World::kill_server() {
    server_->signal(SIGKILL);
    server_->wait();
}

Answer World::get(const std::string& target, const std::string& token) {
    Call request{.target = target};
    if (!token.empty()) request.fields["Authorization"] = "Bearer " + token;
    return call(port_, request);
}

Answer World::post(const std::string& target, const std::string& body, const std::string& token) {
    Call request{.method = "POST", .target = target, .fields = {{"Content-Type", "application/json"}}, .body = body};
    if (!token.empty()) request.fields["Authorization"] = "Bearer " + token;
    return call(port_, request);
}

std::string World::webhook_path() const {
    return "/api/webhooks/receive/" + secret();
}
Answer World::notify(const std::string& body) {
    return post(webhook_path(), body, "");
}

WebSocket World::websocket(const std::string& query) {
    return WebSocket{port_, "/ws" + query, viewer_token()};
}

Json World::product(const std::string& code) {
    const auto answer = get("/api/products/" + code + "?by=code");
    const auto body = answer.json();
    const auto* product = body.find("product");
    return product ? *product : Json{};
}

std::string World::stock(const std::string& code) {
    return text_of(product(code), "available_quantity");
}

std::uint64_t World::head() {
    const auto answer = get("/api/changes?since=0&limit=1").json();
    const auto text = text_of(answer, "seq");
    return text.empty() ? 0 : std::stoull(text);
}

std::string World::epoch() {
    return text_of(get("/api/changes?since=0&limit=1").json(), "epoch");
}

Json World::siigo(const std::string& method, const std::string& path, const std::string& body) {
    Call request{.method = method, .target = path, .body = body};
    if (!body.empty()) request.fields["Content-Type"] = "application/json";
    const auto answer = call(siigo_port_, request);
    if (answer.status / 100 != 2)
        throw std::runtime_error("siigo-sim: " + path + ": " + std::to_string(answer.status) + " " + answer.body);
    return answer.json();
}

void World::subscribe() {
    siigo("POST", "/_sim/subscribe", R"({"url":"http://127.0.0.1:)" + std::to_string(port_) + webhook_path() + R"("})");
}

Notification World::sell(const std::string& code, const std::string& new_stock, bool announce) {
    return Notification::of(siigo(
        "POST", "/_sim/sell",
        R"({"code":")" + code + R"(","stock":)" + new_stock + R"(,"announce":)" + (announce ? "true}" : "false}")));
}

void World::notify_in_turn(int first, int last) {
    for (int n = first; n < last; ++n)
        REQUIRE(notify(Notification{.quantity = std::to_string(n),
                                    .stock_updated = "2025-01-20T10:30:" + std::to_string(n) + "Z"}
                           .json())
                    .status == 200);
}

std::map<std::string, std::string> World::truth() {
    std::map<std::string, std::string> figures;
    const auto answer = siigo("GET", "/_sim/products");
    for (const auto& row : *answer.if_array()) figures[text_of(row, "code")] = text_of(row, "available_quantity");
    return figures;
}

std::vector<std::string> World::stocked_codes() {
    constexpr std::size_t enough = 40;
    std::vector<std::string> codes;
    for (const auto& [code, figure] : truth())
        if (codes.size() < enough && figure != "0" && !figure.starts_with('-')) codes.push_back(code);
    if (codes.empty()) throw std::runtime_error("SIIGO has no stock at all");
    return codes;
}

std::string World::stocked_code() {
    return stocked_codes().front();
}

std::string World::id_of(const std::string& code) {
    const auto answer = siigo("GET", "/_sim/products");
    for (const auto& row : *answer.if_array())
        if (text_of(row, "code") == code) return text_of(row, "id");
    throw std::runtime_error("SIIGO has no product " + code);
}

std::uint64_t World::siigo_requests(const std::string& name) {
    const auto counts = siigo("GET", "/_sim/counts");
    std::uint64_t sum = 0;
    for (const auto& [request, count] : *counts.find("requests")->if_object())
        if (request.starts_with(name)) sum += std::stoull(count.if_number()->text);
    return sum;
}

std::map<std::string, std::string> World::held() {
    std::map<std::string, std::string> figures;
    std::string cursor;
    do {
        const auto page = get("/api/products?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
        const auto* rows = page.find("products");
        if (!rows) return {};
        for (const auto& row : *rows->if_array()) figures[text_of(row, "code")] = text_of(row, "available_quantity");
        const auto* next = page.find("next");
        cursor = next && next->if_string() ? *next->if_string() : "";
    } while (!cursor.empty());
    return figures;
}

std::vector<std::string> World::wrong_figures() {
    const auto here = held();
    return differing(truth(), here);
}

bool World::agrees() {
    const auto here = held(), there = truth();
    return there.size() == here.size() && differing(there, here).empty();
}

std::vector<std::string> World::store_findings() {
    SystemRandom random;
    const auto store = open_rocks_store({.directory = data_dir_}, random);
    return check_invariants(*store);
}

Notification Notification::of(const Json& sold) {
    return {.id = text_of(sold, "id"),
            .code = text_of(sold, "code"),
            .name = text_of(sold, "name"),
            .quantity = text_of(sold, "available_quantity"),
            .stock_updated = text_of(sold, "stock_updated")};
}

std::string Notification::json() const {
    return R"({"company_key":")" + company_key + R"(","username":"api@acme.co","topic":")" + topic + R"(","id":")" +
           id + R"(","code":")" + code + R"(","name":)" + to_text(Json{name}) +
           R"(,"account_group":{"id":1253,"name":"Productos"},"type":"Product","stock_control":true,"active":true,)" +
           R"("available_quantity":)" + quantity +
           R"(,"warehouses":[{"id":1270,"name":"Bodega principal","quantity":)" + quantity +
           R"(}],"created":"2020-06-15T03:33:17.208Z","last_updated":"2025-01-20T10:29:59.000Z","stock_updated":")" +
           stock_updated + R"("})";
}

}  // namespace stockcast::e2e
