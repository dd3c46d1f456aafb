// `stockcast verify`: whether the store is in order, also while the server runs.
#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/store_check.hpp"
#include "app/verify_upstream.hpp"

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
    if (check.findings.empty()) return;
    std::puts(
        spanish ? "Dos salidas: restaurar una copia en un DATA_DIR vacío (stockcast restore), o detener el servidor y "
                  "reconstruir el espejo desde SIIGO con una época nueva, sin su historia (stockcast rebuild --empty)."
                : "Two ways out: restore a backup into an empty DATA_DIR (stockcast restore), or stop the server and "
                  "rebuild the mirror from SIIGO under a new epoch, without its history (stockcast rebuild --empty).");
}

/// Returns whether anything differs.
bool print(const UpstreamReport& report, bool spanish) {
    for (const auto& difference : report.differences)
        std::printf("❌ %s\n", spanish ? difference.spanish.c_str() : difference.english.c_str());
    const auto number = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
    if (report.more > 0) std::printf(spanish ? "…y %llu más\n" : "…and %llu more\n", number(report.more));
    if (report.open > 0)
        std::printf(spanish
                        ? "%llu cambiaron hace minutos y SIIGO aún puede decir lo anterior: repita en unos minutos\n"
                        : "%llu changed minutes ago and SIIGO may still tell the former: ask again in some minutes\n",
                    number(report.open));
    const bool differs = !report.differences.empty() || report.more > 0;
    if (differs)
        std::printf(spanish ? "De %llu productos comparados con SIIGO difieren %llu\n"
                            : "Of %llu products compared with SIIGO %llu differ\n",
                    number(report.compared), number(report.differences.size() + report.more));
    else
        std::printf(spanish ? "✅ %llu productos comparados con SIIGO: ninguno difiere\n"
                            : "✅ %llu products compared with SIIGO: none differs\n",
                    number(report.compared));
    return differs;
}

bool upstream_differs(const Settings& settings, Language language) {
    UpstreamReport report;
    {
        ProgressLine progress;
        report = verify_upstream(settings, progress, language);
    }
    return print(report, language == Language::spanish);
}

}  // namespace

int verify(const Settings& settings, bool upstream, Language language) {
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
    const bool differs = upstream && upstream_differs(settings, language);
    return check.findings.empty() && !differs ? 0 : 1;
}

}  // namespace stockcast
