#include "stockcast/http/api.hpp"

#include "http/answer.hpp"
#include "http/audit_trail.hpp"
#include "http/content_coding.hpp"
#include "http/door.hpp"
#include "http/handlers.hpp"
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
constexpr std::chrono::seconds refused_written_every{1};

/// Whoever takes a connection over writes the answer's head itself: the handshake's 101, or one whose body ends with
/// the connection (RFC 9112 §6.3), which HTTP/1.0 proxies understand too.
std::string as_sent(HttpResponse response) {
    if (response.status != 101) response.fields.set("Connection", "close");
    return head_of(response) + response.body;
}

}  // namespace

struct Api::Impl {
    ApiSettings settings;
    Door door;
    AuditTrail audit;
    CompanyKey company_key;
    NotificationLines lines;
    ProcessMetrics process;
    Services services;

    Impl(ApiSettings given, JwtKeys keys, ApiParts parts)
        : settings(std::move(given)),
          door(settings, std::move(keys), parts.clock),
          audit(settings, parts.ledger, parts.clock, parts.log),
          company_key(parts.upstream, parts.clock),
          lines(parts.clock, parts.log),
          process(parts.metrics),
          services{settings,       parts.ledger,  parts.store,   parts.broadcaster,
                   parts.upstream, parts.workers, parts.clock,   parts.random,
                   parts.log,      parts.alerts,  parts.metrics, process,
                   door.access(),  audit,         company_key,   lines} {}

    HttpResponse dressed(HttpResponse response, std::string_view origin) const {
        door.dress(response, origin);
        return response;
    }

    /// An action that is written down before it begins, and again with its end.
    asio::awaitable<HttpResponse> audited(const Route* route, Call call) {
        auto entry = audit.entry_of(call.request, call.caller);
        entry.parameters = audited_parameters(call.query, route->body == BodyKind::json ? call.request.body : "");
        const auto written = co_await audit.write(entry);
        if (!written) co_return failure_answer(written.error());
        auto response = co_await answer(route, std::move(call));
        entry.status = response.status;
        const auto finished = co_await audit.write(entry);
        if (!finished) log_unfinished(finished.error());
        co_return response;
    }

    /// A session that is opened or ended. It can be where nothing can be written: the disk may be the very trouble that
    /// somebody comes to look at.
    asio::awaitable<HttpResponse> noted(const Route* route, Call call) {
        auto entry = audit.entry_of(call.request, call.caller);
        auto response = co_await answer(route, std::move(call));
        entry.status = response.status;
        audit.note(std::move(entry));
        co_return response;
    }

    void log_unfinished(const boost::system::error_code& why) {
        services.log.warning(Mark::error,
                             {"The end of a request could not be written into the audit trail: {why}",
                              "No se pudo registrar en la auditoría el final de una petición: {why}"},
                             {{"why", why.message()}});
    }

    asio::awaitable<HttpResponse> answer(const Route* route, Call call) {
        // What a handler throws is a bug or a lack of memory: the one request pays for it, not the server.
        std::string why;
        try {
            co_return co_await route->handler(services, std::move(call));
        } catch (const std::exception& thrown) {
            why = thrown.what();
        }
        services.log.error({"{method} {path} failed: {why}", "{method} {path} falló: {why}"},
                           {{"method", route->method}, {"path", route->pattern}, {"why", why}});
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
    auto admission = impl_->door.admit(head);
    if (admission->refused_route != nullptr && is_audited(*admission->refused_route)) {
        const auto status = admission->refusal->status;
        if (status == 401 || status == 403) {
            auto entry = impl_->audit.entry_of(head, admission->caller);
            entry.status = status;
            impl_->audit.note(std::move(entry));
        }
    }
    HttpVerdict verdict;
    if (admission->refusal) verdict.refusal = impl_->dressed(*std::move(admission->refusal), admission->origin);
    verdict.body_bytes_max = admission->body_bytes_max;
    verdict.leaves_http = admission->route != nullptr && admission->route->handler == nullptr;
    verdict.admitted = std::move(admission);
    return verdict;
}

asio::awaitable<HttpResponse> Api::handle(HttpRequest request, std::unique_ptr<Admitted> admitted) {
    auto& admission = static_cast<Admission&>(*admitted);
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    const bool takes_gzip = is_read && accepts_gzip(request.fields);
    Call call{std::move(request), std::move(admission.arguments), std::move(admission.query),
              std::move(admission.caller)};
    // What only reads leaves no trace of its own, or the trail would grow by being looked at.
    if (admission.route->entry == Entry::admin && admission.route->method != "GET") {
        auto response = co_await impl_->audited(admission.route, std::move(call));
        co_return impl_->dressed(std::move(response), admission.origin);
    }
    if (is_session(*admission.route)) {
        auto response = co_await impl_->noted(admission.route, std::move(call));
        co_return impl_->dressed(std::move(response), admission.origin);
    }
    auto response = co_await impl_->answer(admission.route, std::move(call));
    if (is_read) response = co_await compressed(std::move(response), takes_gzip, impl_->services.workers);
    co_return impl_->dressed(std::move(response), admission.origin);
}

asio::awaitable<void> Api::note_too_large(std::unique_ptr<Admitted> admitted) {
    const auto& admission = static_cast<const Admission&>(*admitted);
    // Only what had the secret is worth an entry.
    if (admission.route != nullptr && admission.route->entry == Entry::secret) co_await keep_too_large(impl_->services);
}

asio::awaitable<void> Api::take_over(HttpRequest request, std::unique_ptr<Admitted> admitted, TakenOver connection) {
    auto& admission = static_cast<Admission&>(*admitted);
    const auto& stream = *admission.route->stream;
    Call call{std::move(request), std::move(admission.arguments), std::move(admission.query),
              std::move(admission.caller)};
    auto response = stream.opening(call);
    const bool has_body = call.request.method != "HEAD";
    if (response.status != 101) response = impl_->dressed(std::move(response), admission.origin);

    auto& services = impl_->services;
    const auto deadline = services.clock.now() + opening_deadline;
    const auto opening = as_sent(std::move(response));
    const auto written = co_await within(services.clock, deadline, write_all(*connection.stream, opening));
    if (written && has_body) co_return co_await stream.serve(services, std::move(call), std::move(connection));
    // Whether it waits for the end is the client's affair.
    if (written) [[maybe_unused]]
        const auto ended = co_await within(services.clock, deadline, shutdown(*connection.stream));
    connection.stream->close();
}

HttpResponse Api::refuse(unsigned status, std::string_view detail) {
    return impl_->dressed(problem(status, detail), {});
}

}  // namespace stockcast
