#include "app/process.hpp"

#include "stockcast/app/commands.hpp"

namespace stockcast {

int serve(const Settings& settings, Log& log) {
    Process process{log};
    Server server{settings, process.surrounds(), machine_parts(settings, process.surrounds())};
    return run_until_signalled(process, server);
}

}  // namespace stockcast
