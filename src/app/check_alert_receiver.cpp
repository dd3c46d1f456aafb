#include "app/alert_poster.hpp"
#include "app/check_surroundings.hpp"

namespace stockcast {
namespace {

constexpr std::chrono::seconds patience{15};

}  // namespace

asio::awaitable<Remark> check_alert_receiver(std::string url, Connector& connector, Clock& clock, ReasonLog& log) {
    const auto to = AlertTarget::parse(url).value().url;
    const auto where = to.host_field();
    log.take();
    const auto stream = co_await connector.connect(to.endpoint, clock.now() + patience);
    if (stream) {
        (*stream)->close();
        co_return Remark::good("ALERT_WEBHOOK_URL: " + where + " takes connections",
                               "ALERT_WEBHOOK_URL: " + where + " acepta conexiones");
    }
    const auto reason = log.take();
    const auto why = reason.empty() ? std::string{} : " (" + reason + ")";
    co_return Remark::bad("ALERT_WEBHOOK_URL: " + where + " can't be reached" + why +
                              ", so nobody would be told of an alert. Check the address, DNS and whether the firewall "
                              "lets this machine out",
                          "ALERT_WEBHOOK_URL: no se puede llegar a " + where + why +
                              ", así que nadie sabría de una alerta. Revise la dirección, DNS y si el cortafuegos deja "
                              "salir a este equipo");
}

}  // namespace stockcast
