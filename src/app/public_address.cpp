#include "app/public_address.hpp"

#include "stockcast/net/http_client.hpp"

namespace stockcast {
namespace {

constexpr std::chrono::seconds patience{15};

bool is_gateway_trouble(unsigned status) {
    return status == 502 || status == 503 || status == 504;
}

}  // namespace

PublicAddress::PublicAddress(std::string base_url, Connector& connector, Clock& clock, ReasonLog& log)
    : base_url_(std::move(base_url)),
      url_(HttpUrl::parse(base_url_).value()),
      connector_(connector),
      clock_(clock),
      log_(log) {
    while (base_url_.ends_with('/')) base_url_.pop_back();
}

asio::awaitable<PublicAddress::Answer> PublicAddress::ask(std::string method, std::string path, std::string body) {
    HttpClientRequest request;
    request.method = std::move(method);
    request.target = url_.path + path;
    request.body = std::move(body);
    request.fields.add("User-Agent", "stockcast-setup");
    if (!request.body.empty()) request.fields.add("Content-Type", "application/json");
    HttpClient client{connector_, url_.endpoint, url_.host_field(), {.repeat_on_dead_connection = false}, clock_};
    log_.take();
    const auto answer = co_await client.exchange(std::move(request), clock_.now() + patience);

    Answer found;
    if (answer) {
        found.status = answer->status;
        // Whoever else answers POST-only addresses with 405 seldom does so in this form.
        found.is_ours = answer->fields.get("Content-Type").starts_with("application/problem+json") ||
                        answer->fields.get("Content-Type").starts_with("application/json");
        co_return found;
    }
    found.reason = log_.take();
    if (found.reason.empty()) found.reason = answer.error().detail;
    found.timed_out = answer.error().reason == Errc::timed_out;
    co_return found;
}

Remark PublicAddress::unreachable(const Answer& answer) const {
    return Remark::bad(
        "WEBHOOK_BASE_URL: nothing answers at " + base_url_ + " from here (" + answer.reason +
            "). Check DNS, the router's port forwarding, the firewall, the proxy and its certificate. Many routers "
            "don't let a machine reach its own public address (no NAT hairpin): then try it from outside, such as a "
            "phone without Wi-Fi; `curl -i " +
            base_url_ + "/receive` must answer 405",
        "WEBHOOK_BASE_URL: nada responde en " + base_url_ + " desde aquí (" + answer.reason +
            "). Revise DNS, el reenvío de puertos del router, el cortafuegos, el proxy y su certificado. Muchos "
            "routers no dejan que un equipo llegue a su propia dirección pública (sin NAT hairpin): pruebe entonces "
            "desde afuera, como un teléfono sin Wi-Fi; `curl -i " +
            base_url_ + "/receive` debe responder 405");
}

Remark PublicAddress::wrong_answer(const Answer& answer) const {
    const auto status = std::to_string(answer.status);
    return Remark::bad("WEBHOOK_BASE_URL: " + base_url_ + " answers " + status +
                           ", but not as stockcast does: the proxy must pass this path on to HOST:PORT unchanged",
                       "WEBHOOK_BASE_URL: " + base_url_ + " responde " + status +
                           ", pero no como stockcast: el proxy debe pasar esta ruta a HOST:PORT sin cambiarla");
}

asio::awaitable<Remark> PublicAddress::look(bool server_runs) {
    // POST alone is answered there, so this moves nothing and is written nowhere.
    const auto answer = co_await ask("GET", "/receive", "");
    if (answer.status == 405 && answer.is_ours)
        co_return Remark::good("WEBHOOK_BASE_URL: stockcast answers at " + base_url_,
                               "WEBHOOK_BASE_URL: stockcast responde en " + base_url_);
    if (!server_runs && (answer.status == 0 || is_gateway_trouble(answer.status)))
        co_return Remark::warning(
            "WEBHOOK_BASE_URL: nothing answers at " + base_url_ + " yet; start the server, then check again",
            "WEBHOOK_BASE_URL: todavía nada responde en " + base_url_ + "; inicie el servidor y revise de nuevo");
    co_return answer.status == 0 ? unreachable(answer) : wrong_answer(answer);
}

asio::awaitable<Remark> PublicAddress::notify(std::string secret, std::string body) {
    const auto answer = co_await ask("POST", "/receive/" + secret, std::move(body));
    if (answer.status == 200)
        co_return Remark::good("A webhook sent to " + base_url_ + " was taken",
                               "Un webhook enviado a " + base_url_ + " fue recibido");
    if (answer.status == 401 && answer.is_ours)
        co_return Remark::bad(
            "A webhook sent to " + base_url_ + " was refused: another stockcast, with another secret, answers there",
            "Un webhook enviado a " + base_url_ + " fue rechazado: allí responde otro stockcast, con otro secreto");
    co_return answer.status == 0 ? unreachable(answer) : wrong_answer(answer);
}

}  // namespace stockcast
