#include "stockcast/http/api.hpp"

#include "http/answer.hpp"
#include "http/audit_trail.hpp"
#include "http/content_coding.hpp"
#include "http/door.hpp"
#include "http/entity_tag.hpp"
#include "http/handlers.hpp"
#include "http/product_answers.hpp"
#include "http/readers.hpp"
#include "http/request_journal.hpp"
#include "http/services.hpp"

#include "stockcast/base/within.hpp"
#include "stockcast/net/byte_stream.hpp"
#include "stockcast/net/gzip.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace stockcast {
namespace {

constexpr std::chrono::seconds opening_deadline{10};
constexpr std::size_t mark_bytes = 4;  ///< of chance, with which the ids of this process's requests begin
constexpr std::chrono::seconds refused_written_every{1};

/// Whoever takes a connection over writes the answer's head itself: the handshake's 101, or one whose body ends with
/// the connection (RFC 9112 §6.3), which HTTP/1.0 proxies understand too.
std::string as_sent(HttpResponse response) {
    if (response.status != 101) response.fields.set("Connection", "close");
    return head_of(response) + response.body;
}

Call call_of(HttpRequest request, Admission& admission) {
    return {std::move(request), std::move(admission.arguments), admission.query,
            admission.caller,   admission.request_id,           admission.begun};
}

}  // namespace

struct Api::Impl {
    ApiSettings settings;
    Door door;
    AuditTrail audit;
    CompanyKey company_key;
    NotificationLines lines;
    ProcessMetrics process;
    RequestJournal journal;
    Readers readers;
    ProductAnswers product_answers;
    Services services;

    Impl(ApiSettings given, JwtKeys keys, ApiParts parts)
        : settings(std::move(given)),
          door(settings, std::move(keys), parts.clock),
          audit(settings, parts.ledger, parts.clock, parts.log),
          company_key(parts.upstream, parts.clock),
          lines(parts.clock, parts.log),
          process(parts.metrics),
          journal(settings, parts.random.token(mark_bytes), parts.clock, parts.log, parts.metrics),
          readers(parts.readers),
          services{settings,      parts.ledger,  parts.store, parts.broadcaster, parts.upstream,
                   parts.workers, readers,       parts.clock, parts.random,      parts.log,
                   parts.alerts,  parts.metrics, process,     journal,           door.access(),
                   audit,         company_key,   lines,       product_answers} {
        parts.ledger.on_commit([this](const CommitNotice& notice) { product_answers.forget(notice.written); });
    }

    /// What every answer carries. The request is over, but for the body.
    HttpResponse finished(HttpResponse response, const Admission& admission) {
        door.dress(response, admission.origin);
        RequestJournal::stamp(response, admission.request_id);
        journal.answered(admission, response.status);
        return response;
    }

    /// An action that is written down before it begins, and again with its end.
    asio::awaitable<HttpResponse> audited(const Route* route, Call call) {
        auto entry = audit.entry_of(call.request, call.caller, call.request_id);
        entry.parameters = audited_parameters(call.query, route->body == BodyKind::json ? call.request.body : "");
        const std::string id = call.request_id;
        const auto written = co_await audit.write(entry);
        if (!written) co_return failure_answer(written.error());
        auto response = co_await answer(route, std::move(call));
        entry.status = response.status;
        const auto finished = co_await audit.write(entry);
        if (!finished) log_unfinished(finished.error(), id);
        co_return response;
    }

    /// A session that is opened or ended. It can be where nothing can be written: the disk may be the very trouble that
    /// somebody comes to look at.
    asio::awaitable<HttpResponse> noted(const Route* route, Call call) {
        auto entry = audit.entry_of(call.request, call.caller, call.request_id);
        auto response = co_await answer(route, std::move(call));
        entry.status = response.status;
        audit.note(std::move(entry));
        co_return response;
    }

    void log_unfinished(const boost::system::error_code& why, std::string_view id) {
        services.log.warning(Mark::error,
                             {"The end of a request could not be written into the audit trail: {why} [{request}]",
                              "No se pudo registrar en la auditoría el final de una petición: {why} [{request}]"},
                             {{"why", why.message()}, {"request", id}});
    }

    /// Whether the journal may write a line that names who asks.
    bool is_logged(const Admission& admission) const {
        return admission.refusal || admission.route->entry == Entry::admin || services.log.wants(LogLevel::debug);
    }

    asio::awaitable<HttpResponse> answer(const Route* route, Call call) {
        // What a handler throws is a bug or a lack of memory: the one request pays for it, not the server.
        std::string why;
        const std::string id = call.request_id;
        try {
            co_return co_await route->handler(services, std::move(call));
        } catch (const std::exception& thrown) {
            why = thrown.what();
        }
        services.log.error({"{method} {path} failed: {why} [{request}]", "{method} {path} falló: {why} [{request}]"},
                           {{"method", route->method}, {"path", route->pattern}, {"why", why}, {"request", id}});
        co_return problem(500, "Something failed that should not");
    }
};

Api::Api(ApiSettings settings, JwtKeys keys, ApiParts parts)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(keys), parts)) {}

Api::~Api() = default;

WebhookSecrets& Api::webhook_secrets() {
    return impl_->door.access().webhook_secrets();
}

asio::awaitable<void> Api::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await take_back_tests(impl_->services);
    while (co_await impl_->services.clock.sleep_for(refused_written_every)) co_await impl_->audit.flush();
    co_await impl_->audit.flush();
}

HttpVerdict Api::judge(const HttpRequest& head) {
    const auto begun = impl_->services.clock.now();
    auto admission = impl_->door.admit(head);
    admission->begun = begun;
    admission->request_id = impl_->journal.id_for(head);
    if (impl_->is_logged(*admission))
        admission->address = impl_->settings.trusted_proxies.client(head.peer, head.fields);
    if (admission->refused_route != nullptr && is_audited(*admission->refused_route)) {
        const auto status = admission->refusal->status;
        if (status == 401 || status == 403) {
            auto entry = impl_->audit.entry_of(head, admission->caller, admission->request_id);
            entry.status = status;
            impl_->audit.note(std::move(entry));
        }
    }
    HttpVerdict verdict;
    if (admission->refusal) verdict.refusal = impl_->finished(*std::move(admission->refusal), *admission);
    verdict.body_bytes_max = admission->body_bytes_max;
    verdict.leaves_http = admission->route != nullptr && admission->route->handler == nullptr;
    verdict.admitted = std::move(admission);
    return verdict;
}

asio::awaitable<HttpResponse> Api::handle(HttpRequest request, std::unique_ptr<Admitted> admitted) {
    auto& admission = static_cast<Admission&>(*admitted);
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    const bool takes_gzip = is_read && accepts_gzip(request.fields);
    std::string known{is_read ? request.fields.get("If-None-Match") : std::string_view{}};
    auto call = call_of(std::move(request), admission);
    // What only reads leaves no trace of its own, or the trail would grow by being looked at.
    if (admission.route->entry == Entry::admin && admission.route->method != "GET") {
        auto response = co_await impl_->audited(admission.route, std::move(call));
        co_return impl_->finished(std::move(response), admission);
    }
    if (is_session(*admission.route)) {
        auto response = co_await impl_->noted(admission.route, std::move(call));
        co_return impl_->finished(std::move(response), admission);
    }
    auto response = co_await impl_->answer(admission.route, std::move(call));
    if (is_read) {
        auto& threads = impl_->readers.threads();
        if (is_tagged(*admission.route)) response = co_await tagged(std::move(response), std::move(known), threads);
        response = co_await compressed(std::move(response), takes_gzip, threads);
    }
    co_return impl_->finished(std::move(response), admission);
}

asio::awaitable<void> Api::note_too_large(std::unique_ptr<Admitted> admitted) {
    const auto& admission = static_cast<const Admission&>(*admitted);
    // Only what had the secret is worth an entry.
    if (admission.route != nullptr && admission.route->entry == Entry::secret)
        co_await keep_too_large(impl_->services, admission.request_id);
}

asio::awaitable<void> Api::take_over(HttpRequest request, std::unique_ptr<Admitted> admitted, TakenOver connection) {
    auto& admission = static_cast<Admission&>(*admitted);
    const auto& stream = *admission.route->stream;
    auto call = call_of(std::move(request), admission);
    auto response = stream.opening(call);
    const bool has_body = call.request.method != "HEAD";
    response = impl_->finished(std::move(response), admission);

    auto& services = impl_->services;
    connection.opening = as_sent(std::move(response));
    if (has_body) co_return stream.serve(services, std::move(call), std::move(connection));

    const auto deadline = services.clock.now() + opening_deadline;
    const auto written = co_await within(services.clock, deadline, write_all(*connection.stream, connection.opening));
    // Whether it waits for the end is the client's affair.
    if (written) [[maybe_unused]]
        const auto ended = co_await within(services.clock, deadline, shutdown(*connection.stream));
    connection.stream->close();
}

HttpResponse Api::refuse(unsigned status, std::string_view detail) {
    auto response = problem(status, detail);
    const auto id = impl_->journal.new_id();
    impl_->door.dress(response, {});
    RequestJournal::stamp(response, id);
    impl_->journal.refused(id, status);
    return response;
}

}  // namespace stockcast
