#include "bench/bench.hpp"
#include "bench/closed_loop.hpp"
#include "bench/sample.hpp"
#include "bench/table.hpp"

#include <array>
#include <cstdio>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>

namespace stockcast::bench {
namespace {

constexpr std::size_t deep_pages = 200;

/// One question that is asked again and again: each run of it, and how its requests are made.
struct Question {
    std::string name;
    unsigned connections;
    std::function<std::string()> request;
    std::vector<Figures> runs;
};

/// Asks for `seconds`. False when an answer was none of 2xx.
bool ask(Question& question, const Address& address, std::chrono::seconds seconds) {
    std::string request;
    const auto next = [&] {
        request = question.request();
        return std::string_view{request};
    };
    const auto result = run_closed_loop(address, {question.connections, std::chrono::milliseconds{200}, seconds}, next);
    question.runs.push_back(figures_of(result.per_second(), result.answered));
    if (result.refused() > 0) print_note(question.name + ": " + listed(result.by_status));
    return result.refused() == 0;
}

/// Draws evenly, the same ones in every run of the program.
class Draw {
public:
    const std::string& from(const std::vector<std::string>& all) {
        return all[std::uniform_int_distribution<std::size_t>{0, all.size() - 1}(random_)];
    }

private:
    std::mt19937_64 random_{1};
};

void print_ratio(const Question& product, const Question& health) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < product.runs.size(); ++i)
        ratios.push_back(product.runs[i].per_second / health.runs[i].per_second);
    std::printf("\n%-34s %10.2f", "one product / healthz", median_of(ratios));
    if (ratios.size() > 1) {
        std::printf("    of");
        for (const double ratio : ratios) std::printf(" %.2f", ratio);
    }
    std::printf("\n");
}

}  // namespace

bool read(const ReadSettings& settings) {
    const Server server{settings.url, settings.token};
    const Server without_token{settings.url, ""};
    Client client{server};
    const auto ids = product_ids(client);
    if (ids.empty()) throw std::runtime_error("the server has no products: stockcast-bench fill makes some");
    const auto logs = log_ids(client, deep_pages);
    const auto past = settings.at.empty() ? past_of(client, settings.product) : Past{settings.product, {settings.at}};
    std::printf("%zu products, %u runs of %u s each\n", ids.size(), settings.runs, settings.seconds);
    if (!past.times.empty()) std::printf("?at= of %s at %zu times\n", past.product.c_str(), past.times.size());
    std::printf("\n");

    Draw draw;
    const auto logs_page = [&](const std::string& more) { return server.get("/api/webhooks/logs?limit=100" + more); };
    std::vector<Question> questions{
        {"GET /healthz", settings.connections, [&] { return without_token.get("/healthz"); }, {}},
        {"one product", settings.connections, [&] { return server.get("/api/products/" + draw.from(ids)); }, {}}};
    if (!logs.empty()) {
        questions.push_back({"100 newest logs, 1 connection", 1, [&] { return logs_page(""); }, {}});
        questions.push_back(
            {"100 logs deep inside, 1 connection", 1, [&] { return logs_page("&before=" + draw.from(logs)); }, {}});
    }
    if (!past.times.empty()) {
        const auto target = "/api/products/" + past.product + "?at=";
        questions.push_back(
            {"?at=, 1 connection", 1, [&, target] { return server.get(target + draw.from(past.times)); }, {}});
    }

    bool all_good = true;
    for (unsigned run = 0; run < settings.runs; ++run)
        for (auto& question : questions)
            all_good = ask(question, server.address(), std::chrono::seconds{settings.seconds}) && all_good;

    print_heads();
    for (const auto& question : questions) print_row(question.name, median_of(question.runs));
    if (logs.empty()) print_note("no webhook was ever logged: no pages of the log");
    if (past.times.empty()) print_note("no product with a history: no ?at=");
    print_ratio(questions[1], questions[0]);
    return all_good;
}

}  // namespace stockcast::bench
