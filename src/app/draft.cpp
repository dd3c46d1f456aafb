#include "app/draft.hpp"

#include "app/failure.hpp"
#include "app/interruption.hpp"
#include "app/store_check.hpp"

namespace stockcast {

CopyProgress copying_shown_on(ProgressLine& progress, Language language) {
    const bool spanish = language == Language::spanish;
    return [&progress, spanish](std::uint64_t done, std::uint64_t of_all) {
        Interruption::check();
        progress.show((spanish ? "Copiando: " : "Copying: ") + in_megabytes(done) + " / " + in_megabytes(of_all));
    };
}

void refuse_without_room(const std::string& directory, std::uint64_t bytes) {
    constexpr std::uint64_t to_spare = 64u << 20;
    const auto room = room_for(directory);
    const auto needed = bytes + to_spare;
    if (room >= needed) return;
    throw Failure{
        "The disk of " + directory + " has room for " + in_megabytes(room) + ", the copy needs " + in_megabytes(needed),
        "En el disco de " + directory + " caben " + in_megabytes(room) + "; la copia necesita " + in_megabytes(needed)};
}

}  // namespace stockcast
