#pragma once

#include "stockcast/ledger/decide.hpp"

namespace stockcast::ledger {

/// How what is said of one register stands to what it holds, figures alone.
enum class Agreement {
    agrees,  ///< the same, as far as it is said
    adds,    ///< the same, and something that nobody had said
    contradicts,
};

/// An observation as one register hears it.
struct Word {
    Origin origin;
    Source source;
    SeenTick seen;
    Instant seen_at;
    std::optional<Instant> stamp;  ///< absent: none, or one that is not trusted

    bool is_polled() const { return origin == Origin::page || origin == Origin::read; }
};

/// The word that `said` has for a register stamped with `stamp`.
Word word_of(const Observation& said, std::optional<Instant> stamp, Instant now, const DecideRules& rules);

enum class Taken {
    nothing,    ///< the register stays as it is
    agreement,  ///< what it adds; the register notes that it was confirmed
    additions,  ///< only what it adds, although it is older: the register stays
    word,       ///< all that is said
    authority,  ///< all that is said, and the register starts again from it
};

struct Judgement {
    Taken taken = Taken::nothing;
    Verdict verdict =
        Verdict::stale;  ///< for `agreement` and above: `applied`, turned into `unchanged` if nothing differs
    bool doubt = false;  ///< a read must confirm it
};

/// The table of decide.hpp for one register.
Judgement judge(const Register& held, const Word& word, Agreement agreement, bool read_is_due, Instant now,
                const DecideRules& rules);

/// The register after `word` was so taken.
void advance(Register& held, const Word& word, Taken taken, Agreement agreement);

/// Notes that a read is owed. One that is owed already keeps its due unless the new one is sooner.
void owe_read(std::optional<PendingRead>& pending, SeenTick asked, Instant due);

/// Whether a pending read may be answered now. One that lies further ahead than any rule puts it was set before our
/// clock was turned back: it is due, or it would hold the product up until that time comes again.
bool is_due(const std::optional<PendingRead>& pending, Instant now, const DecideRules& rules);

}  // namespace stockcast::ledger
