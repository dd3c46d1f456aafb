#include "app/verify_upstream.hpp"

#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/process.hpp"
#include "app/upstream.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/offline.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <sstream>
#include <thread>

namespace stockcast {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_patience = 30s;
constexpr auto between_questions = 300ms;

[[noreturn]] void failed(const std::string& why) {
    throw Failure{"The comparison with SIIGO broke off: " + why, "La comparación con SIIGO se interrumpió: " + why};
}

void show(ProgressLine& progress, Language language, std::uint64_t compared, std::uint64_t of_all) {
    Interruption::check();
    const std::string of = of_all > 0 ? " / " + std::to_string(of_all) : "";
    progress.show((language == Language::spanish ? "Comparando con SIIGO: " : "Comparing with SIIGO: ") +
                  std::to_string(compared) + of);
}

std::string ask(const Settings& settings, const std::string& line) {
    auto answer = ask_server(settings.data_dir, line, answer_patience);
    if (!answer.failed.empty()) failed(answer.failed);
    return std::move(answer.text);
}

/// `done COMPARED DIFFERENCES MORE OPEN`, and then each difference.
UpstreamReport fetch_report(const Settings& settings, std::istringstream& figures) {
    UpstreamReport report;
    std::size_t differences = 0;
    figures >> report.compared >> differences >> report.more >> report.open;
    if (!figures) failed("the server's answer can't be read");
    for (std::size_t i = 0; i < differences; ++i) {
        const auto both = ask(settings, "upstream-difference " + std::to_string(i));
        const auto tab = std::min(both.find('\t'), both.size());
        report.differences.push_back({both.substr(0, tab), both.substr(std::min(tab + 1, both.size()))});
    }
    return report;
}

UpstreamReport ask_the_server(const Settings& settings, ProgressLine& progress, Language language) {
    ask(settings, "upstream-check");
    for (;;) {
        std::istringstream answer{ask(settings, "upstream-progress")};
        std::string state;
        answer >> state;
        if (state == "done") return fetch_report(settings, answer);
        if (state == "failed") {
            std::string why;
            std::getline(answer >> std::ws, why);
            failed(why);
        }
        std::uint64_t compared = 0, of_all = 0;
        answer >> compared >> of_all;
        show(progress, language, compared, of_all);
        std::this_thread::sleep_for(between_questions);
    }
}

asio::awaitable<Result<UpstreamReport>> check_and_drain(UpstreamCheck& check, UpstreamCheck::Progress progress,
                                                        Ledger& ledger) {
    auto report = co_await check.run(std::move(progress));
    co_await ledger.drain();  // the journal of what was sent, so that a server that starts now keeps the quota too
    co_return report;
}

/// With a ledger of its own, since each request is journalled before it leaves.
UpstreamReport compare_here(const Settings& settings, Store& store, ProgressLine& progress, Language language) {
    const auto log = open_console_log({LogLevel::warning, LogFormat::text, language});
    Process process{*log};
    Ledger ledger{store, {.company = settings.company}, process.io.get_executor(), process.clock, process.random, *log,
                  [] {}};
    const auto trust = siigo_trust(settings);
    const auto connector = make_connector(trust, process.workers, process.clock, *log);
    LedgerJournal journal{ledger, keys::siigo_state(settings.company)};
    siigo::Client client{client_settings(settings),
                         journalled(store, settings.company),
                         journal,
                         *connector,
                         process.io.get_executor(),
                         process.clock,
                         process.random,
                         *log};
    UpstreamCheck check{settings.company, client, store, process.workers, process.clock};
    const auto told = [&](std::uint64_t compared, std::optional<std::uint64_t> of_all) {
        show(progress, language, compared, of_all.value_or(0));
        return true;
    };
    auto report = run_to_end(process, check_and_drain(check, told, ledger));
    if (!report) {
        const auto detail = client.status().detail;
        failed(report.error().message() + (detail.empty() ? "" : " (" + detail + ")"));
    }
    return *std::move(report);
}

/// Null: a server has it.
std::unique_ptr<Store> open_if_free(const Settings& settings, Random& random) {
    try {
        return open_rocks_store({.directory = settings.data_dir}, random);
    } catch (const StoreRefused& refused) {
        if (refused.reason() != StoreRefused::Reason::locked) throw;
        return nullptr;
    }
}

}  // namespace

UpstreamReport verify_upstream(const Settings& settings, ProgressLine& progress, Language language) {
    if (!settings.siigo_enabled)
        throw Failure{"SIIGO_ENABLED=false: nothing is asked of SIIGO", "SIIGO_ENABLED=false: no se consulta a SIIGO"};
    SystemRandom random;
    const auto store = open_if_free(settings, random);
    return store ? compare_here(settings, *store, progress, language) : ask_the_server(settings, progress, language);
}

}  // namespace stockcast
