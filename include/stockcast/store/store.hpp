#pragma once

#include "stockcast/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast {

/// The column families, fixed at creation and never dropped online. Keys: store/keys.hpp. Values: store/records.hpp.
enum class Family : std::uint8_t {
    products,         ///< (company, id) → product
    product_codes,    ///< (company, code, id) → nothing: codes may be exchanged, so a code can name two ids for a while
    changes,          ///< (seq) → change
    product_changes,  ///< (company, id, seq) → nothing
    webhook_logs,     ///< (company, log id)
    sync_logs,        ///< (company, log id)
    subscriptions,    ///< (company, subscription id)
    audit,            ///< (company, log id)
    meta,             ///< (name): epoch, format version, head, counters, SIIGO client's and sync's own state
};
inline constexpr std::size_t family_count = 9;
std::string_view to_string(Family family);  ///< the enumerator's name: the column family's, and `--family`'s
std::optional<Family> family_from(std::string_view name);

/// Writes that become durable together or not at all.
class Batch {
public:
    struct Write {
        Family family;
        std::string key;
        std::optional<std::string> value;  ///< absent: the key is removed
    };
    void put(Family family, std::string key, std::string value) {
        writes_.push_back({family, std::move(key), std::move(value)});
    }
    void erase(Family family, std::string key) { writes_.push_back({family, std::move(key), std::nullopt}); }
    void append(Batch other);
    const std::vector<Write>& writes() const { return writes_; }
    bool empty() const { return writes_.empty(); }

private:
    std::vector<Write> writes_;
};

/// The keys of a scan, in bytewise order; `from` is included, `to` is not; an empty `to` has no end.
struct KeyRange {
    std::string from;
    std::string to;
};

enum class Direction { ascending, descending };

/// Called for each entry in turn; false ends the scan.
using Visit = std::function<bool(std::string_view key, std::string_view value)>;

/// What the store held at one moment, less what retention had let go by then (store/floors.hpp). Any thread; blocking,
/// so never on the executor. Dies before its store. An entry that retention lets go meanwhile may be missing already.
class Snapshot {
public:
    virtual ~Snapshot() = default;
    /// Errors: `store_damaged`, `store_failed`. No such key: an empty optional.
    virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;
    /// Errors as `get`; entries seen before the error were good.
    virtual Result<void> scan(Family family, const KeyRange& range, Direction direction, const Visit& visit) const = 0;
};

struct Floors;

struct StoreHealth {
    bool writable = true;
    std::string reason;  ///< why not, for readiness and the log; empty while writable
};

/// An ordered key-value store of nine families with atomic, durable batches. Blocking, all but `peek`: never on the
/// executor.
class Store {
public:
    virtual ~Store() = default;

    /// Returns when `batch` is on disk (one fsync). One thread at a time. One that writes keys::floors moves the floors.
    /// Errors: `store_full`: nothing of it is there, or will be; try again when there is room. `store_failed`: the
    /// outcome is unknown (it may be back after reopening): acknowledge nothing, broadcast nothing, exit.
    virtual Result<void> commit(const Batch& batch) = 0;

    virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;
    /// The value, where it lies in memory: neither reads a file nor waits for who does, so the executor may call it.
    /// Absent says nothing (no such key, not in memory, empty, damaged): ask `get`, on another thread.
    virtual std::optional<std::string> peek(Family family, std::string_view key) const = 0;
    /// Several keys of one family, in the order asked for; one look-up where the engine has it.
    virtual Result<std::vector<std::optional<std::string>>> get_many(Family family,
                                                                     const std::vector<std::string>& keys) const = 0;
    virtual std::unique_ptr<Snapshot> snapshot() const = 0;

    /// What retention has let go, as of the last commit that moved it. Any thread.
    virtual Floors floors() const = 0;
    /// Takes back space of what the floors hide, as far as that costs little: what is left goes with time. Beside
    /// commits and reads, on any thread. Errors: as of reading; nothing is lost by one.
    virtual Result<void> reclaim() = 0;

    /// A consistent copy in `directory`, which must not exist yet and afterwards is a data directory of its own. On the
    /// thread that commits. Errors: `malformed`: the directory is there already or can't be made; `store_full`: no
    /// room; `store_failed`: the copy broke off, which says nothing of the store (the next commit does).
    virtual Result<void> checkpoint(const std::string& directory) = 0;

    /// After `store_full`: whether writes are possible again; tries to make them so.
    virtual StoreHealth recover() = 0;
};

}  // namespace stockcast
