#pragma once

#include "siigo/scripted_siigo.hpp"
#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "support/recording_log.hpp"
#include "support/run.hpp"
#include "support/seeded_random.hpp"

#include "stockcast/siigo/client.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace stockcast::test {

/// Keeps the last state in memory; fails on command.
class KeptJournal final : public siigo::ClientJournal {
public:
    asio::awaitable<Result<void>> save(std::string state) override {
        if (fails) co_return *fails;
        last = std::move(state);
        ++saves;
        co_return Result<void>{};
    }
    std::string last;
    std::size_t saves = 0;
    std::optional<Errc> fails;
};

inline const std::string access_key = "S3cr3tKey+/=";

/// A client before a scripted SIIGO on virtual time. Unless a test says otherwise SIIGO gives tokens of a day and, to
/// all else, an empty page; what is put into `script` comes first (for requests other than `/auth`).
struct ClientWorld {
    ClientWorld() : siigo(io, clock) {
        settings.username = "api@acme.co";
        settings.access_key = access_key;
        settings.partner_id = "StockCast";
        siigo.answer = [this](const ScriptedSiigo::Asked& asked) { return answer(asked); };
        start();
    }

    /// As after a restart, with what the journal kept.
    void start() {
        client.reset();
        client = std::make_unique<siigo::Client>(settings, journal.last, journal, siigo, io.get_executor(), clock,
                                                 random, log);
    }

    Reply answer(const ScriptedSiigo::Asked& asked) {
        if (asked.target.ends_with("/auth")) {
            if (!auth_script.empty()) return next(auth_script);
            ++tokens;
            return {.status = 200,
                    .body = R"({"access_token":"token)" + std::to_string(tokens) + R"(","expires_in":86400})"};
        }
        if (!script.empty()) return next(script);
        return otherwise;
    }

    static Reply next(std::deque<Reply>& replies) {
        Reply reply = std::move(replies.front());
        replies.pop_front();
        return reply;
    }

    Result<siigo::ProductPage> list(siigo::ProductQuery query = {}) {
        return run(io, clock, client->list_products(query, {}));
    }

    /// Every line that was logged, in both languages.
    std::string logged() const {
        std::string all;
        for (const auto& line : log.lines()) all += line.english + '\n' + line.spanish + '\n';
        return all;
    }

    asio::io_context io;
    ManualClock clock;
    SeededRandom random;
    RecordingLog log;
    KeptJournal journal;
    ScriptedSiigo siigo;
    siigo::ClientSettings settings;
    std::deque<Reply> script, auth_script;
    Reply otherwise{.status = 200, .body = R"({"pagination":{"total_results":0},"results":[]})"};
    unsigned tokens = 0;
    std::unique_ptr<siigo::Client> client;
};

inline Reply failed(unsigned status, std::string code, std::string message = "no") {
    return {.status = status,
            .body = R"({"Status":)" + std::to_string(status) + R"(,"Errors":[{"Code":")" + code + R"(","Message":")" +
                    message + R"("}]})"};
}

}  // namespace stockcast::test
