#include "app/secrets.hpp"

#include "app/failure.hpp"

#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace stockcast {
namespace {

constexpr std::size_t secret_bytes = 32;

std::optional<std::string> read_key_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

[[noreturn]] void cannot(const std::string& verb, const std::string& verbo, const std::string& path) {
    const std::string reason = std::strerror(errno);
    throw Failure{"Can't " + verb + " " + path + ": " + reason + ". Check DATA_DIR and its owner",
                  "No se puede " + verbo + " " + path + ": " + reason + ". Revise DATA_DIR y su dueño"};
}

/// Written under another name, synced, then linked into place: two processes that start at once end with one key, and a
/// crash leaves the whole key or none.
std::string make_key_file(const std::string& path, const std::string& key, Random& random) {
    const std::string draft = path + "." + random.token(6);
    const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) cannot("write", "escribir", draft);
    const std::string line = key + "\n";
    const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd) == 0;
    ::close(fd);
    if (!written) {
        ::unlink(draft.c_str());
        cannot("write", "escribir", draft);
    }
    const int linked = ::link(draft.c_str(), path.c_str());
    const int reason = errno;
    ::unlink(draft.c_str());
    if (linked == 0) return key;
    errno = reason;
    if (reason != EEXIST) cannot("write", "escribir", path);
    const auto theirs = read_key_file(path);
    if (!theirs) cannot("read", "leer", path);
    return *theirs;
}

/// `jwt.key` as it is, or while it is rotated: the new key in the first line, the former one in the second.
Result<JwtKeys> keys_of_lines(const std::string& text) {
    const auto end = text.find('\n');
    if (end == std::string::npos) return JwtKeys::hs256(text);
    return JwtKeys::hs256(text.substr(0, end), text.substr(end + 1));
}

/// `new_key`: what is kept where there is no file yet.
std::string load_or_make_key(const std::string& data_dir, const std::string& name, const std::string& new_key,
                             Random& random) {
    ::mkdir(data_dir.c_str(), 0700);  // an existing one is fine; another failure shows at the file
    const std::string path = data_dir + "/" + name;
    if (auto key = read_key_file(path)) return *key;
    if (errno != ENOENT) cannot("read", "leer", path);
    return make_key_file(path, new_key, random);
}

}  // namespace

JwtKeys load_jwt_keys(const Settings& settings, Random& random) {
    if (!settings.jwt_public_key_file.empty()) {
        const auto pem = read_key_file(settings.jwt_public_key_file);
        auto keys = pem ? JwtKeys::public_key(*pem) : Result<JwtKeys>{Errc::not_found};
        if (!keys)
            throw Failure{"JWT_PUBLIC_KEY_FILE=" + settings.jwt_public_key_file +
                              " is not accepted; it takes a PEM file with an RSA key of 2048 bits or more, or a P-256 "
                              "key, or two of these",
                          "JWT_PUBLIC_KEY_FILE=" + settings.jwt_public_key_file +
                              " no es válido; se acepta un archivo PEM con una llave RSA de 2048 bits o más, o P-256, "
                              "o con dos de ellas"};
        return *keys;
    }
    auto keys = settings.jwt_secret
                    ? JwtKeys::hs256(*settings.jwt_secret, settings.jwt_secret_previous.value_or(""))
                    : keys_of_lines(load_or_make_key(settings.data_dir, "jwt.key", random.token(secret_bytes), random));
    if (!keys)
        throw Failure{settings.data_dir +
                          "/jwt.key must hold one key of at least 32 bytes, or two of them in two lines, the new one "
                          "first. Remove it, and a new one is made",
                      settings.data_dir +
                          "/jwt.key debe tener una llave de al menos 32 bytes, o dos en dos líneas, primero la nueva. "
                          "Bórrela y se crea una nueva"};
    return *keys;
}

SigningKey load_alert_key(const Settings& settings, Random& random) {
    std::array<std::byte, secret_bytes> fresh{};
    random.fill(fresh);
    const auto key =
        SigningKey::parse(settings.alert_webhook_secret
                              ? *settings.alert_webhook_secret
                              : load_or_make_key(settings.data_dir, "alert.key", SigningKey::written(fresh), random));
    if (!key)
        throw Failure{settings.data_dir + "/alert.key holds no whsec_ key. Remove it, and a new one is made",
                      settings.data_dir + "/alert.key no tiene una llave whsec_. Bórrela y se crea una nueva"};
    return *key;
}

WebhookSecretsHeld load_webhook_secrets(const Settings& settings, Store& store, Random& random) {
    if (settings.webhook_secret) return {*settings.webhook_secret, settings.webhook_secret_previous.value_or("")};
    const auto unusable = [](const boost::system::error_code& why) -> Failure {
        return {"The store can't keep the webhook secret: " + why.message(),
                "El almacén no puede guardar el secreto del webhook: " + why.message()};
    };
    const auto read = [&](std::string_view key) -> std::string {
        const auto kept = store.get(Family::meta, key);
        if (!kept) throw unusable(kept.error());
        if (!*kept) return {};
        const auto secret = records::decode_text(**kept);
        if (!secret) throw unusable(secret.error());
        return *secret;
    };
    WebhookSecretsHeld held{read(keys::webhook_secret), read(keys::former_webhook_secret)};
    if (!held.present.empty()) return held;
    held = {random.token(secret_bytes), {}};
    Batch batch;
    batch.put(Family::meta, std::string{keys::webhook_secret}, records::encode_text(held.present));
    if (const auto saved = store.commit(batch); !saved) throw unusable(saved.error());
    return held;
}

std::string new_webhook_secret(Random& random) {
    return random.token(secret_bytes);
}

Batch rotation_of(const std::string& present, const std::string& next) {
    Batch batch;
    batch.put(Family::meta, std::string{keys::webhook_secret}, records::encode_text(next));
    batch.put(Family::meta, std::string{keys::former_webhook_secret}, records::encode_text(present));
    return batch;
}

Batch retirement() {
    Batch batch;
    batch.erase(Family::meta, std::string{keys::former_webhook_secret});
    return batch;
}

}  // namespace stockcast
