// `stockcast rotate-secret`: asked of the running server, or done in its store while it does not run.
#include "app/failure.hpp"
#include "app/secrets.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/store/offline.hpp"
#include "stockcast/store/rocks_store.hpp"

#include <cstdio>
#include <filesystem>

namespace stockcast {
namespace {

constexpr std::chrono::seconds patience{90};  // the server may have to wait for SIIGO

/// Null: a server has it.
std::unique_ptr<Store> open_if_free(const Settings& settings, Random& random) {
    try {
        return open_rocks_store({.directory = settings.data_dir}, random);
    } catch (const StoreRefused& refused) {
        if (refused.reason() != StoreRefused::Reason::locked) throw;
        return nullptr;
    }
}

/// What the server would answer.
ServerAnswer rotate_in(Store& store, const Settings& settings, Random& random, bool retire) {
    const auto held = load_webhook_secrets(settings, store, random);
    if (retire && held.former.empty()) return {"no rotation is under way: one secret is valid", {}};
    if (!retire && !held.former.empty())
        return {"a rotation is under way: the former secret is still valid. --retire ends it at once", {}};
    const auto saved = store.commit(retire ? retirement() : rotation_of(held.present, new_webhook_secret(random)));
    if (!saved) return {saved.error().message(), {}};
    return {{}, retire ? "retired" : "at start"};
}

void say(const char* english, const char* spanish, Language language) {
    std::printf("✅ %s\n", language == Language::spanish ? spanish : english);
}

}  // namespace

int rotate_secret(const Settings& settings, bool retire, Language language) {
    if (settings.webhook_secret)
        throw Failure{
            "WEBHOOK_SECRET is set, so that setting rules: put the new secret there and the present one into "
            "WEBHOOK_SECRET_PREVIOUS, restart, and take the latter away when SIIGO uses the new address",
            "WEBHOOK_SECRET está definida y manda: ponga allí el secreto nuevo y el actual en "
            "WEBHOOK_SECRET_PREVIOUS, reinicie, y quite esta última cuando SIIGO use la dirección nueva"};
    if (!std::filesystem::exists(settings.data_dir + "/rocksdb"))
        throw Failure{"There is no store in DATA_DIR=" + settings.data_dir + ": nothing was rotated",
                      "No hay un almacén en DATA_DIR=" + settings.data_dir + ": no se rotó nada"};
    SystemRandom random;
    const auto store = open_if_free(settings, random);
    const auto answer = store ? rotate_in(*store, settings, random, retire)
                              : ask_server(settings.data_dir, retire ? "retire-secret" : "rotate-secret", patience);
    if (!answer.failed.empty())
        throw Failure{"The webhook secret was not changed: " + answer.failed,
                      "El secreto del webhook no cambió: " + answer.failed};

    if (answer.text == "retired")
        say("The former secret is no longer valid.", "El secreto anterior ya no es válido.", language);
    else if (answer.text == "subscribed")
        say("SIIGO was given the new address. The former one stays valid until it was silent for 15 minutes.",
            "SIIGO recibió la dirección nueva. La anterior vale hasta que lleve 15 minutos en silencio.", language);
    else if (answer.text == "at start")
        say("The new secret is kept. The server gives SIIGO the new address when it starts; until then both are valid.",
            "El secreto nuevo quedó guardado. El servidor le dará a SIIGO la dirección nueva al iniciar; ambos valen.",
            language);
    else if (answer.text == "kept")
        say("The new secret is kept, and both are valid. No subscription is made here (SIIGO_ENABLED, "
            "WEBHOOK_BASE_URL): end the former one with --retire.",
            "El secreto nuevo quedó guardado y ambos valen. Aquí no se crean suscripciones (SIIGO_ENABLED, "
            "WEBHOOK_BASE_URL): termine el anterior con --retire.",
            language);
    else
        say("The new secret is kept, and both are valid. SIIGO could not be told yet: the server goes on trying.",
            "El secreto nuevo quedó guardado y ambos valen. No se pudo avisar a SIIGO: el servidor seguirá intentando.",
            language);
    return 0;
}

}  // namespace stockcast
