#include "app/failure.hpp"
#include "app/secrets.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"

#include <cstdio>

namespace stockcast {

int print_token(const Settings& settings, const std::string& role, std::chrono::milliseconds ttl,
                const std::string& subject) {
    SystemRandom random;
    const auto keys = load_jwt_keys(settings, random);
    const auto now = SystemClock{}.wall();
    const auto token = keys.sign(role == "admin" ? Role::admin : Role::viewer, subject, now, now + ttl);
    if (!token)
        throw Failure{"JWT_PUBLIC_KEY_FILE is set: tokens are signed by whoever holds the private key",
                      "JWT_PUBLIC_KEY_FILE está definida: los tokens los firma quien tiene la llave privada"};
    std::printf("%s\n", token->c_str());
    return 0;
}

}  // namespace stockcast
