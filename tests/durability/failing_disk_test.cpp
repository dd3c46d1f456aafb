// Each operation of some twenty scenarios fails in turn, in each way a disk fails: what is found afterwards is what was
// acknowledged, and at most the batch beyond it that was under way.
#include "durability/scenarios.hpp"
#include "support/trials.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace stockcast::test {
namespace {

using Operation = FaultyFileSystem::Operation;
using Error = FaultyFileSystem::Error;

struct Way {
    const char* name;
    Error error;
    bool once;
    Life::Ending ending;
};
const std::vector<Way> ways_to_write{
    {"EIO once", Error::io, true, Life::Ending::orderly},
    {"a full disk", Error::no_space, false, Life::Ending::orderly},
    {"ENOSPC once, then the power goes", Error::no_space, true, Life::Ending::power_cut},
    {"a short write, then the power goes", Error::short_write, true, Life::Ending::power_cut},
    {"a disk that is gone, then the power goes", Error::io, false, Life::Ending::power_cut},
};
const std::vector<Way> ways_to_read{
    {"EIO once", Error::io, true, Life::Ending::orderly},
    {"a disk that is gone", Error::io, false, Life::Ending::orderly},
};

/// A scenario at its beginning, and what it takes to begin it again and again.
class Beginning {
public:
    explicit Beginning(const Scenario& scenario) : scenario_(scenario) {
        scenario_.prepare(prepared_);
        is_open_ = prepared_.is_open();
        prepared_.close();
    }

    /// What goes wrong when the n-th operation fails; empty: nothing. `has_struck`: whether there is an n-th at all.
    std::string run(const Way& way, Operation operation, std::uint64_t n, bool& has_struck) const {
        Life life{n, prepared_};
        if (is_open_) life.open();
        life.disk().arm({.operation = operation, .name_has = "", .spared = n, .error = way.error, .once = way.once});
        scenario_.act(life);
        has_struck = life.disk().strikes() > 0;
        life.end(way.ending);
        return life.problem();
    }

private:
    const Scenario& scenario_;
    Life prepared_{0};
    bool is_open_ = false;
};

/// Each operation of each scenario in each way; by default one in `stride` of these, since script/test is in a hurry.
/// Returns how many failed.
std::uint64_t run_all(Operation to_write, Operation to_read, const std::vector<Way>& in_writing, std::uint64_t stride) {
    std::uint64_t runs = 0;
    for (const auto& scenario : scenarios()) {
        const auto& ways = scenario.reads ? ways_to_read : in_writing;
        const Beginning beginning{scenario};
        for (std::uint64_t way = 0; way < ways.size(); ++way) {
            bool has_struck = true;
            for (auto n = way % stride; has_struck; n += stride) {
                const auto problem = beginning.run(ways[way], scenario.reads ? to_read : to_write, n, has_struck);
                if (has_struck) ++runs;
                if (!problem.empty())
                    FAIL_CHECK(scenario.name << ", operation " << n << ", " << ways[way].name << ": " << problem);
            }
        }
    }
    return runs;
}

/// TRIALS, whatever it says: all.
std::uint64_t stride() {
    constexpr std::uint64_t in_a_hurry = 16;
    return trials(0) > 0 ? 1 : in_a_hurry;
}

}  // namespace

TEST_CASE("whichever operation of the disk fails, what was acknowledged is there and nothing else", "[durability]") {
    const auto runs = run_all(Operation::change, Operation::read, ways_to_write, stride());
    WARN(scenarios().size() << " scenarios, " << runs << " failing operations");
}

TEST_CASE("whichever fsync fails, once, what was acknowledged is there and nothing else", "[durability]") {
    const std::vector<Way> ways{{"EIO from an fsync", Error::io, true, Life::Ending::power_cut},
                                {"ENOSPC from an fsync", Error::no_space, true, Life::Ending::orderly}};
    const auto runs = run_all(Operation::sync, Operation::read, ways, stride());
    WARN(runs << " failing fsyncs");
}

}  // namespace stockcast::test
