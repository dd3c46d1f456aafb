#pragma once

#include "stockcast/base/clock.hpp"
#include "stockcast/base/instant.hpp"
#include "stockcast/base/log.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stockcast {

/// A matter that an operator must know of (interface.md, `alert`). The name is the alert's `kind` outside.
enum class AlertKind {
    siigo_refused,         ///< credentials refused, or the account blocked
    webhooks_silent,       ///< polls find changes that no webhook told
    subscription_changed,  ///< one of ours is gone, switched off or points elsewhere
    breaker_open,          ///< SIIGO fails: calls pause
    mass_deletion,         ///< many products are missing; held until a second pass says the same, or believed
    since_ahead,           ///< a client knows more than the store: it may be an older copy
    disk_low,              ///< little room in DATA_DIR
    certificate,           ///< near its end, or a new one is not taken
    store_trouble,         ///< the store takes no writes
};
std::string_view to_string(AlertKind kind);

/// One matter, as it begins or as it is over.
struct Alert {
    AlertKind kind = AlertKind::store_trouble;
    std::string subject;  ///< which one, where there can be several: a topic, a file; else empty
    bool active = true;   ///< false: it is over
    Instant since;        ///< when it began
    Instant at;           ///< now
    std::string english;  ///< a sentence; no secret in it
    std::string spanish;
};
/// `{"type":"alert","kind","subject","active","since","timestamp","message","mensaje"}`: on the stream, and POSTed.
std::string alert_event(const Alert& alert);

/// Which matters are on. Each is told once when it begins and once when it is over: to the log and to the listeners
/// (the stream, ALERT_WEBHOOK_URL). Executor only.
class Alerts {
public:
    Alerts(const Clock& clock, Log& log) : clock_(clock), log_(log) {}
    Alerts(const Alerts&) = delete;
    Alerts& operator=(const Alerts&) = delete;

    /// Nothing happens where it is on already; at `active_max` matters a further one is only logged.
    void raise(AlertKind kind, std::string_view subject, Sentence sentence, std::initializer_list<Field> fields = {});
    /// Nothing happens where it is not on.
    void clear(AlertKind kind, std::string_view subject, Sentence sentence, std::initializer_list<Field> fields = {});
    /// What is seen again and again and has no end of its own: on from the first time, over when it was not seen for
    /// `quiet` (see end_quiet).
    void note(AlertKind kind, std::string_view subject, std::chrono::milliseconds quiet, Sentence sentence,
              std::initializer_list<Field> fields = {});
    /// Ends what was noted and not seen again for long enough. To be called every few seconds.
    void end_quiet();

    bool is_active(AlertKind kind, std::string_view subject) const;
    std::size_t count(AlertKind kind) const;
    std::vector<Alert> active() const;  ///< oldest first
    void on_alert(std::function<void(const Alert&)> listener);

    static constexpr std::size_t active_max = 256;

private:
    using Matter = std::pair<AlertKind, std::string>;
    struct State {
        Alert alert;
        std::chrono::milliseconds quiet{};
        std::optional<Steady> ends;  ///< set: noted, over at this time unless seen again
    };
    /// Null where it was on already, or there are too many.
    State* begin(AlertKind kind, std::string_view subject, Sentence sentence, std::initializer_list<Field> fields);
    void end(std::map<Matter, State>::iterator which, Sentence sentence, std::initializer_list<Field> fields);
    void tell(const Alert& alert, Sentence sentence, std::initializer_list<Field> fields) const;

    const Clock& clock_;
    Log& log_;
    std::map<Matter, State> active_;
    std::vector<std::function<void(const Alert&)>> listeners_;
};

}  // namespace stockcast
