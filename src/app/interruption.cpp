#include "app/interruption.hpp"

#include "app/failure.hpp"

#include <csignal>

namespace stockcast {
namespace {

volatile std::sig_atomic_t is_asked = 0;

void note(int) {
    is_asked = 1;
}

}  // namespace

Interruption::Interruption() {
    is_asked = 0;
    std::signal(SIGINT, note);
    std::signal(SIGTERM, note);
}

Interruption::~Interruption() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

void Interruption::check() {
    if (is_asked != 0) throw Failure{"Interrupted; nothing was left behind", "Interrumpido; no quedó nada a medias"};
}

}  // namespace stockcast
