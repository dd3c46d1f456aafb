// `stockcast verify`: whether the store is in order, also while the server runs.
#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/store_check.hpp"

#include "stockcast/app/commands.hpp"
#include "stockcast/base/clock.hpp"
#include "stockcast/base/random.hpp"

#include <cstdio>

namespace stockcast {
namespace {

void print(const StoreCheck& check, double seconds, bool spanish) {
    for (const auto& finding : check.findings)
        std::printf("❌ %s\n", spanish ? finding.spanish.c_str() : finding.english.c_str());
    const auto count = [&](Family family) { return static_cast<unsigned long long>(check.entries_of(family)); };
    const char* good = spanish
                           ? "✅ El almacén está en orden: %llu productos, %llu cambios hasta el %llu, %llu avisos, "
                             "%llu sincronizaciones; revisado en %.1f s\n"
                           : "✅ The store is in order: %llu products, %llu changes up to %llu, %llu webhooks, %llu "
                             "syncs; checked in %.1f s\n";
    const char* bad = spanish
                          ? "El almacén no está en orden: %llu productos, %llu cambios hasta el %llu, %llu avisos, "
                            "%llu sincronizaciones; revisado en %.1f s\n"
                          : "The store is not in order: %llu products, %llu changes up to %llu, %llu webhooks, %llu "
                            "syncs; checked in %.1f s\n";
    std::printf(check.findings.empty() ? good : bad, count(Family::products), count(Family::changes),
                static_cast<unsigned long long>(check.head), count(Family::webhook_logs), count(Family::sync_logs),
                seconds);
}

}  // namespace

int verify(const Settings& settings, Language language) {
    SystemRandom random;
    const SystemClock clock;
    yield_to_others();
    const Interruption interruption;
    const auto began = clock.now();
    StoreCheck check;
    {
        ProgressLine progress;
        OfflineStore offline{settings.data_dir, random};
        check = check_store(offline, progress, language);
    }
    print(check, std::chrono::duration<double>(clock.now() - began).count(), language == Language::spanish);
    return check.findings.empty() ? 0 : 1;
}

}  // namespace stockcast
