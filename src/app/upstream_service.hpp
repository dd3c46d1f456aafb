#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/task_group.hpp"
#include "stockcast/sync/upstream_check.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace stockcast {

/// Lets `stockcast verify --upstream` have the running server compare its mirror with SIIGO: so that both share one quota
/// and one journal of sends, and the mirror compared is the one of now. One check at a time; whoever asks while one runs
/// follows that one. Commands of the control socket, one line each:
/// `upstream-check` → `started`; `upstream-progress` → `running COMPARED OF_ALL` (0: not said), `done COMPARED
/// DIFFERENCES MORE OPEN` or `failed REASON`; `upstream-difference N` → both sentences, parted by a tab.
class UpstreamService {
public:
    UpstreamService(CompanyName company, siigo::Client& client, const Store& store, Workers& workers,
                    const Clock& clock, TaskGroup& tasks)
        : check_(std::move(company), client, store, workers, clock), tasks_(tasks) {}

    std::string start();
    std::string progress() const;
    std::string difference(const std::string& index) const;

private:
    asio::awaitable<void> run();

    UpstreamCheck check_;
    TaskGroup& tasks_;
    bool running_ = false;
    std::uint64_t compared_ = 0;
    std::uint64_t of_all_ = 0;
    std::optional<Result<UpstreamReport>> last_;
};

}  // namespace stockcast
