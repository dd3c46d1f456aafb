#pragma once

#include "stockcast/app/settings.hpp"

#include <chrono>
#include <string>

namespace stockcast {

/// The commands of `stockcast`, each a composition root. They return the exit code: 0 done, 1 failed. What stops them
/// from starting is thrown (StoreRefused, Failure, std::system_error) and told by `run_program`.
int serve(const Settings& settings, Log& log);

/// The server against a built-in SIIGO simulator: no credentials, no configuration, a store that is gone afterwards.
int demo(Settings settings, Log& log, Language language);

/// Makes a new webhook secret, with both valid for a while; `retire`: ends the former one at once. The server may run.
int rotate_secret(const Settings& settings, bool retire, Language language);

/// Says what is wrong with the configuration and the surroundings, a line each with its remedy. 0: the server would
/// run; 2: a setting is wrong; 1: something else is. Changes nothing.
int check(CheckedSettings checked, Language language);

/// The activation: first sync with its progress, subscriptions, a webhook through the public address. Asks the server
/// that runs, else one of its own. `token_file`: an admin's token where JWT_PUBLIC_KEY_FILE is set; empty: none.
int setup(const Settings& settings, const std::string& token_file, Language language);

/// Asks the running server's /readyz: 0 when it is ready.
int health(const Settings& settings, std::chrono::milliseconds limit, Language language);

/// Prints a signed token.
int print_token(const Settings& settings, const std::string& role, std::chrono::milliseconds ttl,
                const std::string& subject);

/// A consistent copy of the store in `directory`, which must not exist yet (or be empty), checked after it was written.
int backup(const Settings& settings, const std::string& directory, Language language);
/// A backup becomes the store of DATA_DIR, which must be empty or missing; under a new epoch unless told otherwise.
int restore(const Settings& settings, const std::string& directory, bool same_epoch, Language language);
/// A damaged store becomes usable again without a backup, under a new epoch: with its history if that is whole, with
/// `empty` without it. What was there is moved aside. Throws Failure, with nothing changed.
int rebuild(const Settings& settings, bool empty, Language language);
/// Checks the store, also while a server runs on it, with `upstream` also against SIIGO; prints what is wrong. 1 if
/// anything is.
int verify(const Settings& settings, bool upstream, Language language);

/// The whole program: arguments in, exit code out (0 done, 1 failed, 2 wrong usage or configuration).
int run_program(int argc, char** argv);

}  // namespace stockcast
