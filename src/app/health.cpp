// `stockcast health`: is the server beside us ready? For containers and scripts.
#include "app/failure.hpp"
#include "app/local_server.hpp"
#include "app/process.hpp"
#include "app/reason_log.hpp"

#include "stockcast/app/commands.hpp"

#include <cstdio>

namespace stockcast {
namespace {

void print(const char* sign, const std::string& text) {
    std::printf("%s %s\n", sign, text.c_str());
}

/// What /readyz says is not right; the server says it in English.
std::string reason(const Json& entry, Language language) {
    const auto check = text_at(entry, {"check"});
    if (language == Language::spanish && check == "first_sync")
        return "Todavía no se ha completado la primera sincronización con SIIGO";
    if (language == Language::spanish && check == "store")
        return "El almacén no se puede escribir: " + text_at(entry, {"reason"});
    return text_at(entry, {"reason"});
}

void print_reasons(const HttpResponse& answer, Language language) {
    const auto body = json_of(answer);
    const auto* reasons = body.find("reasons");
    if (!reasons || !reasons->if_array())
        return print("❌", in_language({"Not ready: it answered with status ", "No está listo: respondió con estado "},
                                       language) +
                               std::to_string(answer.status));
    for (const auto& entry : *reasons->if_array())
        print("❌", in_language({"Not ready: ", "No está listo: "}, language) + reason(entry, language));
}

}  // namespace

int health(const Settings& settings, std::chrono::milliseconds limit, Language language) {
    ReasonLog log{language};
    Process process{log};
    LocalServer server{settings, settings.port, process.workers, process.clock, log};
    const auto answer = run_to_end(process, server.ask("GET", "/readyz", "", limit));
    if (!answer) {
        auto why = log.take();
        if (why.empty()) why = answer.error().detail;
        print("❌", in_language({"No answer from ", "No responde "}, language) + server.address() + ": " + why +
                        in_language({". Is it running?", ". ¿Está en marcha?"}, language));
        return 1;
    }
    if (answer->status != 200) {
        print_reasons(*answer, language);
        return 1;
    }
    print("✅", in_language({"Ready: ", "Listo: "}, language) + server.address());
    return 0;
}

}  // namespace stockcast
