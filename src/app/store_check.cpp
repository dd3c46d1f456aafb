#include "app/store_check.hpp"

#include "app/failure.hpp"
#include "app/interruption.hpp"

#include "stockcast/ledger/step.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace stockcast {
namespace {

/// The head and the epoch, for what is printed; what is wrong with them the examination tells.
void read_position(const Store& store, StoreCheck& check) {
    if (const auto value = store.get(Family::meta, keys::epoch); value && *value) {
        if (auto epoch = records::decode_text(**value)) check.epoch = *std::move(epoch);
    }
    if (const auto value = store.get(Family::meta, keys::ledger_state); value && *value) {
        if (const auto state = decode_ledger_state(**value)) check.head = state->head;
    }
}

}  // namespace

StoreCheck check_store(OfflineStore& offline, ProgressLine& progress, Language language) {
    const bool spanish = language == Language::spanish;
    StoreCheck check;
    progress.show(spanish ? "Leyendo los archivos…" : "Reading the files…");
    if (const auto damage = offline.check_files(); !damage.empty()) {
        check.findings.push_back({"its files: " + damage, "sus archivos: " + damage});
    }
    Interruption::check();

    read_position(offline.store(), check);
    Examination how;
    how.progress = [&](Family family, std::uint64_t seen) {
        check.entries[static_cast<std::size_t>(family)] = seen;
        progress.show((spanish ? "Revisando " : "Checking ") + std::string{to_string(family)} + ": " +
                      std::to_string(seen));
        Interruption::check();
    };
    for (auto& finding : examine(offline.store(), how)) check.findings.push_back(std::move(finding));
    return check;
}

void yield_to_others() {
    ::setpriority(PRIO_PROCESS, 0, 10);
    // IOPRIO_CLASS_BEST_EFFORT, its lowest level; the C library has no name for any of this.
    constexpr int who_process = 1, best_effort = 2 << 13, lowest = 7;
    ::syscall(SYS_ioprio_set, who_process, 0, best_effort | lowest);
}

std::string in_megabytes(std::uint64_t bytes) {
    constexpr std::uint64_t mega = 1'000'000;
    if (bytes < 10'000 * mega) return std::to_string((bytes + mega - 1) / mega) + " MB";
    return std::to_string(bytes / (1000 * mega)) + " GB";
}

}  // namespace stockcast
