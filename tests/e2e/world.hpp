#pragma once

#include "e2e/client.hpp"
#include "e2e/process.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stockcast::e2e {

/// A directory of its own, gone with the object.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// A stock notification of a product, as SIIGO's look.
struct Notification {
    std::string id = "00584089-4ebc-49de-bf75-6a6cc968a96d";
    std::string code = "E2E-1";
    std::string name = "Camiseta de algodón";
    std::string quantity = "10";
    std::string stock_updated = "2025-01-20T10:30:00.123Z";
    std::string company_key = "demo";
    std::string topic = "public.siigoapi.products.stock.update";
    /// Of what `/_sim/sell` answered.
    static Notification of(const Json& sold);
    std::string json() const;
};

/// The built simulator and the built server, talking over loopback, and what a test asks of them.
class World {
public:
    using Environment = std::map<std::string, std::string>;
    struct Options {
        std::vector<std::string> simulator;  ///< further arguments of siigo-sim
        Environment server;                  ///< further settings; they win over the fixture's
    };

    explicit World(Options options = {});
    /// What every test ends with: ends the server, if need be by a kill, and looks for findings in its store.
    ~World();

    // ── The server ───────────────────────────────────────────────────────────────────────────────────────────────────
    void start_server(const Environment& more = {});
    bool wait_until_ready();
    /// SIGTERM; the exit code.
    int stop_server();
    void kill_server();
    Process& server() { return *server_; }
    std::uint16_t port() const { return port_; }
    const std::string& data_dir() const { return data_dir_; }

    Answer get(const std::string& target, const std::string& token = admin_token());
    Answer post(const std::string& target, const std::string& body, const std::string& token = admin_token());
    /// A notification as SIIGO sends one, to the address with the secret.
    Answer notify(const std::string& body);
    /// Of one product, each figure from `first` up to before `last` with a stamp of its own second (10 to 60): all must be
    /// acknowledged.
    void notify_in_turn(int first, int last);
    std::string webhook_path() const;
    WebSocket websocket(const std::string& query = "");
    /// What the mirror holds of a product; null when it does not know it.
    Json product(const std::string& code);
    std::string stock(const std::string& code);
    std::uint64_t head();
    std::string epoch();

    // ── SIIGO ────────────────────────────────────────────────────────────────────────────────────────────────────────
    std::uint16_t siigo_port() const { return siigo_port_; }
    Json siigo(const std::string& method, const std::string& path, const std::string& body = "");
    void subscribe();
    /// Returns what SIIGO tells of it, or would if it announced it.
    Notification sell(const std::string& code, const std::string& new_stock, bool announce);
    void faults(const std::string& json) { siigo("POST", "/_sim/faults", json); }
    void variants(const std::string& json) { siigo("POST", "/_sim/variants", json); }
    /// SIIGO's truth by code.
    std::map<std::string, std::string> truth();
    /// The code of a product that has stock.
    std::string stocked_code();
    /// Codes of up to 40 such products.
    std::vector<std::string> stocked_codes();
    /// SIIGO's id of that code.
    std::string id_of(const std::string& code);
    /// How many requests came whose "METHOD /path" begins so.
    std::uint64_t siigo_requests(const std::string& name);

    /// Mirror and SIIGO agree on every product.
    bool agrees();
    /// What the server shows, by code.
    std::map<std::string, std::string> held();
    /// Of the products that SIIGO lists those that the server shows otherwise, each with both figures.
    std::vector<std::string> wrong_figures();
    /// The test damages the store itself: how it ends is not looked at.
    void expect_damage() { is_damaged_ = true; }
    /// What is wrong with the stopped server's store (ledger/invariants.hpp); empty: nothing.
    std::vector<std::string> store_findings();

    static const std::string& secret();
    static const std::string& jwt_secret();
    static std::string admin_token();
    static std::string viewer_token();

    /// What the server is started with, for programs beside it.
    Environment environment() const;

private:
    void check_store();

    TemporaryDirectory directory_;
    Options options_;
    std::string data_dir_;
    std::unique_ptr<Process> simulator_;
    std::uint16_t siigo_port_ = 0;
    std::unique_ptr<Process> server_;
    std::uint16_t port_ = 0;
    int starts_ = 0;
    bool is_damaged_ = false;
};

/// The built program of that name; of another build when PROGRAMS names its directory (script/soak, script/recovery).
std::string program(const std::string& name);

/// A port of loopback that nobody listens on now.
std::uint16_t free_port();

/// The port in a line that holds `listening on http://HOST:PORT`; 0 when there is none.
std::uint16_t port_in(const std::string& output);

}  // namespace stockcast::e2e
