#pragma once

#include "app/progress_line.hpp"

#include "stockcast/app/settings.hpp"
#include "stockcast/base/log.hpp"
#include "stockcast/sync/upstream_check.hpp"

namespace stockcast {

/// Compares the mirror with SIIGO: asked of the running server, which shares its quota and its mirror of now; done here,
/// on the store itself, while none runs. Throws Failure, StoreRefused. Heeds an Interruption.
UpstreamReport verify_upstream(const Settings& settings, ProgressLine& progress, Language language);

}  // namespace stockcast
