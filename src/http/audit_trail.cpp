#include "http/audit_trail.hpp"

#include "http/text.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t text_bytes_max = 200;
constexpr std::size_t parameters_bytes_max = 2'000;
constexpr std::size_t not_written_max = 4 * AuditTrail::noted_a_minute;
constexpr std::chrono::minutes one_minute{1};

std::string cut(std::string_view text) {
    std::string kept{text.substr(0, text_bytes_max)};
    if (kept.size() == text.size()) return kept;
    while (!kept.empty() && !is_utf8(kept)) kept.pop_back();
    return kept + "…";
}

bool is_secret(std::string_view parameter) {
    return parameter == "access_token" || parameter == "ticket";
}

bool is_alike(const AuditEntry& a, const AuditEntry& b) {
    return a.address == b.address && a.subject == b.subject && a.status == b.status && a.method == b.method &&
           a.path == b.path;
}

}  // namespace

bool is_session(const Route& route) {
    return route.pattern == "/api/session";
}

bool is_audited(const Route& route) {
    return route.entry == Entry::admin || is_session(route);
}

AuditEntry AuditTrail::entry_of(const HttpRequest& request, const std::optional<Caller>& caller,
                                std::string request_id) const {
    AuditEntry entry;
    entry.id = ledger_.new_log_id();
    entry.company = settings_.company;
    entry.at = clock_.wall();
    if (caller) {
        entry.subject = cut(caller->subject);
        entry.role = caller->role == Role::admin ? "admin" : "viewer";
    }
    entry.address = settings_.trusted_proxies.client(request.peer, request.fields);
    entry.request_id = std::move(request_id);
    entry.method = cut(request.method);
    entry.path = cut(std::string_view{request.target}.substr(0, request.target.find('?')));
    return entry;
}

asio::awaitable<Result<void>> AuditTrail::write(AuditEntry entry) {
    Submission submission;
    submission.records.put(Family::audit, keys::log(entry.company, entry.id), records::encode(entry));
    const auto done = co_await ledger_.apply(std::move(submission));
    if (!done) co_return done.error();
    co_return Result<void>{};
}

void AuditTrail::begin_minute(Steady now) {
    if (now - minute_ < one_minute && this_minute_ > 0) return;
    minute_ = now;
    this_minute_ = 0;
    while (!noted_.empty() && (noted_.front().is_written || noted_.size() >= not_written_max)) noted_.pop_front();
}

void AuditTrail::note(AuditEntry entry) {
    begin_minute(clock_.now());
    const auto first = noted_.end() - static_cast<std::ptrdiff_t>(this_minute_);
    const auto known =
        std::find_if(first, noted_.end(), [&](const Noted& noted) { return is_alike(noted.entry, entry); });
    if (known != noted_.end()) {
        ++known->entry.attempts;
        known->is_written = false;
        return;
    }
    if (this_minute_ < noted_a_minute) {
        noted_.push_back({std::move(entry)});
        ++this_minute_;
        return;
    }
    if (this_minute_ == noted_a_minute) {
        entry.subject.clear();
        entry.role.clear();
        entry.address.clear();
        entry.request_id.clear();
        entry.method = "*";
        entry.path = "*";
        noted_.push_back({std::move(entry)});
        ++this_minute_;
        return;
    }
    ++noted_.back().entry.attempts;
    noted_.back().is_written = false;
}

asio::awaitable<void> AuditTrail::flush() {
    Submission submission;
    std::vector<std::pair<LogId, std::uint64_t>> taken;
    for (const auto& [entry, is_written] : noted_) {
        if (is_written) continue;
        submission.records.put(Family::audit, keys::log(entry.company, entry.id), records::encode(entry));
        taken.emplace_back(entry.id, entry.attempts);
    }
    if (taken.empty()) co_return;
    const auto done = co_await ledger_.apply(std::move(submission));
    if (!done) {
        if (!std::exchange(failing_, true))
            log_.warning(Mark::error,
                         {"Logins and refused attempts at the API can't be written down: {why}",
                          "No se pueden registrar los ingresos ni los intentos rechazados en la API: {why}"},
                         {{"why", done.error().message()}});
        co_return;
    }
    failing_ = false;
    for (const auto& [id, attempts] : taken) {
        for (auto& noted : noted_)
            if (noted.entry.id == id && noted.entry.attempts == attempts) noted.is_written = true;
    }
}

std::string audited_parameters(const Query& query, std::string_view body) {
    Json all{Json::Object{}};
    for (const auto& [name, value] : query.all()) all.set(cut(name), is_secret(name) ? Json{"***"} : Json{cut(value)});
    if (!body.empty() && body.size() <= parameters_bytes_max) {
        const auto said = parse_json(body);
        if (said && said->if_object() != nullptr) {
            for (const auto& [name, value] : *said->if_object()) all.set(name, value);
        }
    }
    if (all.if_object()->empty()) return {};
    auto text = to_text(all);
    return text.size() <= parameters_bytes_max ? text : std::string{};
}

}  // namespace stockcast
