#pragma once

#include "simulation/chance.hpp"
#include "simulation/listener.hpp"
#include "simulation/run.hpp"
#include "simulation/siigo.hpp"

#include "stockcast/app/settings.hpp"

#include <string>
#include <string_view>

/// What a seed draws for a run before it begins.
namespace stockcast::simulation {

/// Behind the address that SIIGO's notifications are sent to.
inline constexpr std::string_view webhook_secret = "a-secret-that-only-siigo-knows";

/// `directory`: for what the server keeps beside its store.
Settings draw_settings(Chance& chance, const RunSettings& run, const std::string& directory);
Siigo::Shop draw_shop(Chance& chance, Story story);
/// One who listens at `host`, in any of the ways that there are, to all or to a part of what `company` does.
Listener::Nature draw_listener(Chance& chance, std::string name, const std::string& host, const sim::Company& company);

}  // namespace stockcast::simulation
