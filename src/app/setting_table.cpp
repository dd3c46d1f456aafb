#include "app/setting_table.hpp"

#include "stockcast/app/usage.hpp"

namespace stockcast {
namespace {

constexpr bool secret = true;
constexpr bool open = false;

constexpr SettingEntry table[] = {
    {"SIIGO_USERNAME",
     "",
     open,
     {"The API user of SIIGO Nube, from Alianzas › Mi credencial API.",
      "El usuario API de SIIGO Nube, de Alianzas › Mi credencial API."}},
    {"SIIGO_ACCESS_KEY", "", secret, {"The API user's access key.", "La clave de acceso del usuario API."}},
    {"SIIGO_PARTNER_ID",
     "",
     open,
     {"The name of your application, 3 to 100 letters and digits. SIIGO blocks users of an untrue one.",
      "El nombre de su aplicación, 3 a 100 letras y dígitos. SIIGO bloquea a quien usa uno falso."}},
    {"SIIGO_ENABLED",
     "true",
     open,
     {"false: serve what the store holds and take webhooks; no polling, no subscribing.",
      "false: sirve lo guardado y recibe webhooks; no consulta ni se suscribe."}},
    {"SIIGO_BASE_URL",
     "https://api.siigo.com",
     open,
     {"Another address of the API (http:// only on loopback).",
      "Otra dirección de la API (http:// solo en loopback)."}},
    {"SIIGO_CA_FILE",
     "",
     open,
     {"PEM file trusted for SIIGO_BASE_URL instead of the system's trust.",
      "Archivo PEM en el que se confía para SIIGO_BASE_URL en lugar de los del sistema."}},
    {"SIIGO_REQUESTS_PER_MINUTE",
     "80",
     open,
     {"Our share of the company's quota of 100 requests a minute; 10 or less for a test company.",
      "Nuestra parte del cupo de 100 peticiones por minuto de la empresa; 10 o menos si es de pruebas."}},
    {"SIIGO_REQUEST_SPACING",
     "200ms",
     open,
     {"Least time between two requests, 0ms to 60s.", "Tiempo mínimo entre dos peticiones, 0ms a 60s."}},
    {"COMPANY",
     "main",
     open,
     {"The name by which this company is known here: a-z, 0-9 and -.",
      "El nombre con que se conoce aquí a esta empresa: a-z, 0-9 y -."}},
    {"SYNC_INTERVAL",
     "5m",
     open,
     {"Time between scheduled syncs, 1s to 24h.", "Tiempo entre sincronizaciones, 1s a 24h."}},
    {"SYNC_FULL_INTERVAL",
     "24h",
     open,
     {"Time between full reconciliations, 1m to 30d.", "Tiempo entre sincronizaciones completas, 1m a 30d."}},
    {"SYNC_BATCH_SIZE",
     "50",
     open,
     {"Products a request and a commit, 1 to 100.", "Productos por petición y por escritura, 1 a 100."}},
    {"WEBHOOK_BASE_URL",
     "",
     open,
     {"Public https address under which SIIGO reaches this server, such as https://shop.example/api/webhooks. Set, the "
      "three subscriptions are made and kept right.",
      "Dirección https pública por la que SIIGO llega a este servidor, como https://tienda.example/api/webhooks. Si "
      "está, las tres suscripciones se crean y se cuidan."}},
    {"WEBHOOK_SECRET",
     "",
     secret,
     {"Last part of the address that SIIGO is given, 16 to 128 of A-Z, a-z, 0-9, _ and -. Not set: made at the first "
      "start, kept in the store.",
      "Última parte de la dirección que recibe SIIGO, 16 a 128 de A-Z, a-z, 0-9, _ y -. Si falta: se crea en el primer "
      "inicio y queda en el almacén."}},
    {"WEBHOOK_SECRET_PREVIOUS",
     "",
     secret,
     {"The WEBHOOK_SECRET before, valid beside it until SIIGO uses the new one. Only where WEBHOOK_SECRET is set; else "
      "`stockcast rotate-secret` does it all.",
      "El WEBHOOK_SECRET anterior, válido junto a él hasta que SIIGO use el nuevo. Solo si WEBHOOK_SECRET está; si no, "
      "`stockcast rotate-secret` hace todo."}},
    {"HOST", "0.0.0.0", open, {"IP address it listens on.", "Dirección IP en la que escucha."}},
    {"PORT",
     "5000",
     open,
     {"Port it listens on; 0 takes a free one and prints it.",
      "Puerto en el que escucha; 0 toma uno libre y lo imprime."}},
    {"TLS_CERT_FILE",
     "",
     open,
     {"PEM certificate; with TLS_KEY_FILE it makes HTTPS and WSS of PORT. Read again on SIGHUP and when it changes.",
      "Certificado PEM; con TLS_KEY_FILE, PORT es HTTPS y WSS. Se lee de nuevo con SIGHUP y cuando cambia."}},
    {"TLS_KEY_FILE", "", open, {"PEM key of TLS_CERT_FILE.", "Llave PEM de TLS_CERT_FILE."}},
    {"MAX_CONNECTIONS",
     "20000",
     open,
     {"Open connections in all; 0: no limit.", "Conexiones abiertas en total; 0: sin límite."}},
    {"MAX_CONNECTIONS_PER_ADDRESS",
     "1000",
     open,
     {"Open connections from one address, trusted proxies aside; 0: no limit.",
      "Conexiones abiertas desde una dirección, salvo proxies de confianza; 0: sin límite."}},
    {"JWT_SECRET",
     "",
     secret,
     {"HS256 key of the tokens, at least 32 bytes. Not set: made at the first start, kept in DATA_DIR/jwt.key.",
      "Llave HS256 de los tokens, 32 bytes o más. Si falta: se crea en el primer inicio y queda en DATA_DIR/jwt.key."}},
    {"JWT_SECRET_PREVIOUS",
     "",
     secret,
     {"The JWT_SECRET before: its tokens hold while you hand out new ones. In DATA_DIR/jwt.key it is the second line.",
      "El JWT_SECRET anterior: sus tokens valen mientras reparte los nuevos. En DATA_DIR/jwt.key es la segunda "
      "línea."}},
    {"JWT_PUBLIC_KEY_FILE",
     "",
     open,
     {"PEM public key (RS256 or ES256), or two while they are rotated: tokens are then signed elsewhere.",
      "Llave pública PEM (RS256 o ES256), o dos mientras se rotan: los tokens se firman entonces en otra parte."}},
    {"CORS_ORIGINS",
     "",
     open,
     {"Origins whose pages may call the API and open the stream, separated by commas, matched exactly.",
      "Orígenes cuyas páginas pueden usar la API y el flujo, separados por comas, exactos."}},
    {"STREAM_PUBLIC",
     "false",
     open,
     {"true: the stream needs no token; stock is shown to anyone who connects.",
      "true: el flujo no pide token; cualquiera que se conecte ve el inventario."}},
    {"TRUSTED_PROXIES",
     "",
     open,
     {"Addresses or networks of proxies in front whose X-Forwarded-For is believed, separated by commas.",
      "Direcciones o redes de los proxies cuyo X-Forwarded-For se cree, separadas por comas."}},
    {"RATE_LIMIT_API",
     "200/s",
     open,
     {"Requests with a good token, by token; bursts of twice as many; 0: no limit.",
      "Peticiones con token válido, por token; ráfagas del doble; 0: sin límite."}},
    {"RATE_LIMIT_OPEN",
     "20/s",
     open,
     {"Requests without a token, by address; bursts of twice as many; 0: no limit.",
      "Peticiones sin token, por dirección; ráfagas del doble; 0: sin límite."}},
    {"ALERT_WEBHOOK_URL",
     "",
     secret,
     {"Where alerts are POSTed as JSON, signed after Standard Webhooks: an https:// address, or http:// on loopback.",
      "A dónde se envían las alertas por POST en JSON, firmadas según Standard Webhooks: una dirección https://, o "
      "http:// en loopback."}},
    {"ALERT_WEBHOOK_SECRET",
     "",
     secret,
     {"What they are signed with: whsec_ and the base64 of 24 to 64 bytes. Not set: made at the first start, kept in "
      "DATA_DIR/alert.key.",
      "Con qué se firman: whsec_ y 24 a 64 bytes en base64. Si falta: se crea en el primer inicio y queda en "
      "DATA_DIR/alert.key."}},
    {"DATA_DIR", "./data", open, {"The store and the key file.", "El almacén y el archivo de la llave."}},
    {"LOG_LEVEL", "info", open, {"debug, info, warning or error.", "debug, info, warning o error."}},
    {"LOG_FORMAT",
     "text",
     open,
     {"text: lines for people; json: an object a line.", "text: líneas para personas; json: un objeto por línea."}},
    {"LOG_RETENTION",
     "90d",
     open,
     {"Age at which webhook and sync logs go, 1s to 3650d.",
      "Edad a la que se van los registros de webhooks y sincronizaciones, 1s a 3650d."}},
    {"CHANGES_RETENTION",
     "365d",
     open,
     {"Age at which changes and the audit go, 1s to 3650d; products and counters stay.",
      "Edad a la que se van los cambios y la auditoría, 1s a 3650d; los productos y contadores quedan."}},
};

}  // namespace

std::span<const SettingEntry> setting_table() {
    return table;
}

ManualSection settings_section(Language language) {
    ManualSection section{in_language({"ENVIRONMENT", "ENTORNO"}, language), {}};
    for (const auto& [name, standard, is_secret, meaning] : setting_table()) {
        auto text = in_language(meaning, language);
        if (is_secret) {
            const auto file = std::string{name} + "_FILE";
            text += in_language(
                        {" A secret: also read from the file that ", " Es un secreto: también se lee del archivo de "},
                        language) +
                    file + in_language({" names.", "."}, language);
        }
        if (!standard.empty())
            text += in_language({" Default: ", " Por defecto: "}, language) + std::string{standard} + ".";
        section.entries.push_back({std::string{name}, text});
    }
    return section;
}

}  // namespace stockcast
