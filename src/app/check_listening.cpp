#include "app/check_surroundings.hpp"

#include "stockcast/net/connector.hpp"
#include "stockcast/net/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <exception>
#include <sys/stat.h>

namespace stockcast {
namespace {

using asio::ip::tcp;

constexpr std::chrono::hours expires_soon{24 * 21};

std::string host_of(const std::string& url) {
    const auto parsed = HttpUrl::parse(url);
    return parsed ? parsed->endpoint.host : std::string{};
}

}  // namespace

Remarks check_tls(const Settings& settings, const Clock& clock) {
    if (settings.tls_cert_file.empty()) return {};
    try {
        // The very code that the server reads them with: a pair, in date, strong enough.
        const TlsServerContext context{settings.tls_cert_file, settings.tls_key_file, clock};
        const auto ends = context.expires().to_iso_s();
        if (context.expires() < clock.wall() + expires_soon)
            return {Remark::warning("TLS_CERT_FILE: the certificate ends at " + ends + "; renew it",
                                    "TLS_CERT_FILE: el certificado vence el " + ends + "; renuévelo")};
        const auto host = host_of(settings.webhook_base_url);
        if (settings.webhook_base_url.starts_with("https://") && !context.names(host))
            return {Remark::warning(
                "TLS_CERT_FILE: the certificate does not name " + host +
                    ", the host of WEBHOOK_BASE_URL; fine behind a proxy with its own, else SIIGO can't send",
                "TLS_CERT_FILE: el certificado no nombra a " + host +
                    ", el equipo de WEBHOOK_BASE_URL; está bien tras un proxy con el suyo, si no SIIGO no puede "
                    "enviar")};
        return {Remark::good("TLS_CERT_FILE and TLS_KEY_FILE are a pair, good until " + ends,
                             "TLS_CERT_FILE y TLS_KEY_FILE son pareja, válidos hasta " + ends)};
    } catch (const std::exception& why) {
        const auto reason = std::string{"TLS_CERT_FILE, TLS_KEY_FILE: "} + why.what();
        return {Remark::bad(reason, reason)};
    }
}

Remarks check_listening(const Settings& settings) {
    asio::io_context io;
    tcp::acceptor acceptor{io};
    const tcp::endpoint endpoint{asio::ip::make_address(settings.host), settings.port};
    const auto address = endpoint.address().is_v6() ? "[" + settings.host + "]:" + std::to_string(settings.port)
                                                    : settings.host + ":" + std::to_string(settings.port);
    error_code failed;
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address{true}, failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(1, failed);
    if (!failed) return {Remark::good(address + " is free to listen on", address + " está libre para escuchar")};
    if (failed == asio::error::address_in_use)
        return {Remark::bad("PORT: another program listens on " + address + "; stop it, or choose another port",
                            "PORT: otro programa escucha en " + address + "; deténgalo, o elija otro puerto")};
    if (failed == asio::error::access_denied)
        return {
            Remark::bad("PORT: ports below 1024 need a privilege; choose another one, or give the service "
                        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
                        "PORT: los puertos menores de 1024 necesitan un privilegio; elija otro, o dé al servicio "
                        "AmbientCapabilities=CAP_NET_BIND_SERVICE")};
    return {Remark::bad("HOST: " + settings.host + " can't be listened on (" + failed.message() +
                            "); it must be an address of this machine, or 0.0.0.0",
                        "HOST: no se puede escuchar en " + settings.host + " (" + failed.message() +
                            "); debe ser una dirección de este equipo, o 0.0.0.0")};
}

}  // namespace stockcast
