#pragma once

#include "stockcast/base/instant.hpp"
#include "stockcast/model/change.hpp"
#include "stockcast/model/observation.hpp"
#include "stockcast/model/product.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace stockcast {

/// The bounds by which decide() judges.
struct DecideRules {
    std::chrono::minutes clock_trust{5};    ///< a stamp further ahead of our clock than this is no stamp
    std::chrono::minutes recent{3};         ///< "nothing newer was seen in the last minutes"
    std::chrono::minutes confirm_after{3};  ///< a contradiction is read again this long after it first showed
    std::chrono::seconds ask_again{5};      ///< a read that was overtaken is repeated this much later
};

/// Why one register did or did not move.
enum class Verdict {
    applied,    ///< what was said is now held
    unchanged,  ///< said and held are the same
    stale,      ///< older than the register: dropped
    deferred,   ///< not believed yet: a read will tell
    unsaid,     ///< the observation says nothing of this register
};

/// The outcome of one observation of one product: pure data, nothing is done yet.
struct Decision {
    Verdict stock = Verdict::unsaid;
    Verdict properties = Verdict::unsaid;
    Verdict existence = Verdict::unsaid;
    /// What is held afterwards (number, seq, changed_at: set by step()). Where `exists` is false nothing is held: then
    /// only its identity and `pending` count.
    Product next;
    bool exists = false;          ///< there is a record afterwards, be it one of a deleted product
    bool changed_record = false;  ///< `next` differs from what was held, be it only in a register
    bool sum_differs = false;  ///< a figure was taken that is not its warehouses' sum (it is the figure all the same)
    /// What changed for readers, in the order in which it is to be recorded: at most one of each type.
    std::vector<ChangeType> changes;
    std::vector<WarehouseChange> warehouses;  ///< for stock_updated
    std::vector<std::string> changed;         ///< for product_updated: names of members
};

/// Compares what is held (null: the product is unknown) with what was said at `now`. Pure. In whatever order the same
/// observations come, followed by a read, the end is the same; with truthful stamps on all also without the read.
///
/// **Registers.** Stock (`stock_updated`), properties (`last_updated`) and existence are ordered each alone: one order
/// for all would let a rename that carries a lagging quantity undo a sale. A register keeps the highest stamp that was
/// believed, and when what it holds was *seen* (a page or read: when its request was sent). A stamp more than
/// `clock_trust` ahead of `now` is no stamp. What a word says of a register is placed against what the register holds:
///
/// | said against held                                       | what becomes of it                                     |
/// | ------------------------------------------------------- | ------------------------------------------------------ |
/// | nothing held yet, or a newer stamp                      | applied                                                |
/// | older stamp                                             | stale; if a page or read sent after the held was seen  |
/// |                                                         | contradicts: deferred, confirmed                       |
/// | equal stamps, or one has none: it agrees                | unchanged; what it adds (members, warehouses nobody    |
/// |                                                         | had named) is taken                                    |
/// | equal stamps, it contradicts                            | a read sent later: applied; a page or read sent        |
/// |                                                         | earlier: stale; else deferred, confirmed               |
/// | one has no stamp, it contradicts:                       |                                                        |
/// | · page or read sent before the held was seen            | stale: it says nothing against it                      |
/// | · notification that came before the held                | deferred, confirmed                                    |
/// | · page or read within `recent` of a held *notification* | deferred, confirmed: SIIGO's API lags its documents    |
/// | · notification without a stamp within `recent` of a     | deferred, confirmed                                    |
/// |   held figure that has one                              |                                                        |
/// | · its stamp is after the held was seen                  | applied                                                |
/// | · otherwise                                             | applied, confirmed                                     |
/// | a test (Source::test)                                   | applied; always read at once                           |
///
/// *Confirmed*: a read is owed (`Product::pending`), due `confirm_after` after the **first** contradiction: later ones
/// raise `asked` (only a read sent after the last doubt settles it) but never put `due` off.
///
/// **A read is the authority** over a register if it was sent after what is held was seen, and a pending read is due or
/// no notification told it within `recent` (SIIGO's API lags its documents by minutes, siigo-api.md); within `recent` of
/// another poll only unless its stamp is older. It then wins whatever its stamp, and the register starts again from that
/// stamp: neither a forged stamp nor a wrong clock freezes a product. It clears the pending read unless something was seen since it was sent; else it is asked again
/// `ask_again` later.
///
/// **Stock** is one statement: a figure and its warehouses, or the figure alone (the division is then unknown,
/// `warehouses` empty). `available` is the figure, whatever the warehouses' sum. A notification without a quantity
/// leaves the register and causes a read at once (services and products without stock control have no figure: no read).
/// Warehouses' names are labels: they follow the word that was believed last and are no change of their own.
///
/// **Properties** merge memberwise (`additional_fields` one level deeper): a member that is not said stays. A late word
/// still fills in members that nobody had said; as a later one may have said them otherwise before, that is confirmed.
///
/// **Existence.** A notification that names id and code creates an unknown product at once (without a code it only
/// causes a read); a test makes it up (`made_up`, until SIIGO itself names it). `absence` deletes a product unless
/// something was seen of it since the request was sent (then: asked again). For a deleted product a notification or a
/// row only causes a read at once; a read that finds it is `product_created` again, with nothing left of the earlier
/// life but its number.
///
/// **A test** displaces the figure, which is kept beside it (`Product::test`) until SIIGO says anything of the stock. A
/// `withdrawal` puts it back, register included, and removes a product that was made up.
Decision decide(const Product* held, const Observation& said, Instant now, const DecideRules& rules = {});

}  // namespace stockcast
