#include "store/abort_notice.hpp"

#include "store/refusal.hpp"

#include <atomic>
#include <unistd.h>

namespace stockcast {
namespace {

// A signal handler is given nothing, so it finds what to say here.
std::atomic<const std::string*> what_to_say{nullptr};

void say_and_end(int) {
    if (const auto* text = what_to_say.load()) {
        [[maybe_unused]] const auto said = ::write(STDERR_FILENO, text->data(), text->size());
    }
    ::_exit(1);
}

}  // namespace

AbortNotice::AbortNotice(const std::string& directory) {
    const auto refused = refused_damaged(directory, "RocksDB stopped at an assertion");
    text_ = std::string{"❌ "} + refused.what() + "\n❌ " + refused.spanish() + '\n';
    former_text_ = what_to_say.exchange(&text_);
    struct sigaction action{};
    action.sa_handler = say_and_end;
    ::sigaction(SIGABRT, &action, &former_action_);
}

AbortNotice::~AbortNotice() {
    ::sigaction(SIGABRT, &former_action_, nullptr);
    what_to_say = former_text_;
}

}  // namespace stockcast
