// One thing is done to one file of a store that nobody has open. Then either a reader is shown what he was shown before,
// or the start or `verify` says that the store is damaged and what to do.
#include "durability/damage.hpp"

#include "durability/apart.hpp"
#include "durability/sample_store.hpp"
#include "durability/shadow.hpp"
#include "durability/shop.hpp"
#include "store/opened_store.hpp"
#include "store/temporary_directory.hpp"
#include "support/recording_log.hpp"
#include "support/trials.hpp"

#include "stockcast/ledger/invariants.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/offline.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace stockcast::test {
namespace {

namespace fs = std::filesystem;

enum class Fate { harmless, refused, found_by_verify, renewed, unnoticed };

struct Trial {
    Fate fate = Fate::unnoticed;
    std::string words;  ///< what was said, or what is wrong
};

bool names_the_ways_out(const std::string& message) {
    return message.find("restore") != std::string::npos &&
           (message.find("new epoch") != std::string::npos || message.find("empty DATA_DIR") != std::string::npos);
}

/// As `serve` opens it: the store, then the ledger's state. What is then shown; nothing where a read says that it is
/// damaged. Throws StoreRefused.
std::optional<Contents> served(const std::string& data_dir, RecordingLog& log) {
    SeededRandom random{2};  // the sample's own would draw its epoch again
    auto settings = settings_in(data_dir);
    settings.log = &log;
    const auto store = open_rocks_store(settings, random);
    const Shop shop{*store, 3};
    try {
        return contents_of(*store);
    } catch (const boost::system::system_error&) {
        return std::nullopt;
    }
}

/// What `verify` finds; empty: nothing.
std::string verified(const std::string& data_dir) {
    SeededRandom random;
    try {
        OfflineStore offline{data_dir, random};
        if (auto found = offline.check_files(); !found.empty()) return found;
        const auto findings = check_invariants(offline.store());
        return findings.empty() ? std::string{} : findings.front();
    } catch (const StoreRefused& refused) {
        return refused.what();
    }
}

void copy_of(const SampleStore& sample, const std::string& data_dir) {
    fs::copy(sample.data_dir(), data_dir, fs::copy_options::recursive);
}

/// All the same, but for the epoch.
bool is_renewed(Contents shown, const Contents& right) {
    const std::string epoch{keys::epoch};
    auto& meta = shown[static_cast<std::size_t>(Family::meta)];
    meta[epoch] = right[static_cast<std::size_t>(Family::meta)].at(epoch);
    return shown == right;
}

Trial try_out(const Contents& right, const std::string& data_dir) {
    RecordingLog log;
    std::optional<Contents> shown;
    try {
        shown = served(data_dir, log);
    } catch (const StoreRefused& refused) {
        return {names_the_ways_out(refused.what()) ? Fate::refused : Fate::unnoticed, refused.what()};
    }
    if (shown == right) return {Fate::harmless, {}};
    if (auto found = verified(data_dir); !found.empty()) return {Fate::found_by_verify, std::move(found)};
    if (shown && is_renewed(*shown, right) && log.has("head) is missing")) return {Fate::renewed, {}};
    return {Fate::unnoticed, shown ? difference(*shown, right) : "it can't be read"};
}

/// The trials of a test, in processes of their own: a damaged file may end one by an assertion of RocksDB's.
class Trials {
public:
    explicit Trials(std::uint64_t count) : count_(count) { fs::create_directory(directory_ / "sample"); }

    void run() {
        const auto made = run_apart(notes(), [&] {
            sample_.make();
            copy_of(sample_, directory_ / "untouched");
            if (!verified(directory_ / "untouched").empty()) ::_exit(2);
        });
        INFO(made.said);
        REQUIRE(made.status == 0);
        for (std::uint64_t n = 0; n < count_; ++n) {
            const auto from = n;
            const auto ended = run_apart(notes(), [&] { work(from); });
            n = take_in_results(n);
            if (n < count_) judge_end(n, ended);
        }
    }

    std::uint64_t with(Fate fate) const { return fates_[static_cast<std::size_t>(fate)]; }

private:
    std::string notes() const { return directory_ / "notes"; }
    std::string results() const { return directory_ / "results"; }

    /// In the child: trial after trial, each told before and after.
    void work(std::uint64_t n) const {
        copy_of(sample_, directory_ / ("right" + std::to_string(n)));
        RecordingLog log;
        const auto right = served(directory_ / ("right" + std::to_string(n)), log).value();
        std::ofstream out{results(), std::ios::trunc};
        for (; n < count_; ++n) {
            const TemporaryDirectory directory;
            copy_of(sample_, directory / "data");
            SeededRandom random{first_seed() + n};
            const auto done = damage(directory / "data", sample_.older(), random);
            out << done.file.name << ' ' << done.what << std::endl;
            auto trial = try_out(right, directory / "data");
            std::ranges::replace(trial.words, '\n', ' ');
            out << static_cast<int>(trial.fate) << ' ' << trial.words << std::endl;
        }
    }

    /// Returns the first trial without an end.
    std::uint64_t take_in_results(std::uint64_t n) {
        std::ifstream in{results()};
        int fate = 0;
        while (std::getline(in, damage_) && in >> fate) {
            std::string words;
            std::getline(in, words);
            judge(n++, {static_cast<Fate>(fate), words});
        }
        return n;
    }

    /// The process ended within a trial: well if it said what to do.
    void judge_end(std::uint64_t n, const EndedApart& ended) {
        const bool is_refused = WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 1;
        judge(n, {is_refused && names_the_ways_out(ended.said) ? Fate::refused : Fate::unnoticed, ended.said});
    }

    void judge(std::uint64_t n, const Trial& trial) {
        ++fates_[static_cast<std::size_t>(trial.fate)];
        if (trial.fate == Fate::unnoticed)
            FAIL_CHECK("SEED=" << first_seed() + n << " TRIALS=1: " << damage_ << ": " << trial.words);
    }

    std::uint64_t count_;
    TemporaryDirectory directory_;
    SampleStore sample_{directory_ / "sample"};
    std::string damage_;  ///< of the last trial that began
    std::array<std::uint64_t, 5> fates_{};
};

}  // namespace

TEST_CASE("a damaged file changes nothing that is answered, or is noticed at the start or by verify", "[durability]") {
    const auto count = trials(100);
    Trials all{count};
    all.run();
    WARN(count << " damages: " << all.with(Fate::harmless) << " harmless, " << all.with(Fate::refused)
               << " refused at the start, " << all.with(Fate::found_by_verify) << " found by verify, "
               << all.with(Fate::renewed) << " told in the log and gone on from under a new epoch");
}

}  // namespace stockcast::test
