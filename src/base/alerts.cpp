#include "stockcast/base/alerts.hpp"

#include "stockcast/base/json.hpp"

#include <algorithm>
#include <tuple>

namespace stockcast {

std::string_view to_string(AlertKind kind) {
    switch (kind) {
        case AlertKind::siigo_refused: return "siigo_refused";
        case AlertKind::webhooks_silent: return "webhooks_silent";
        case AlertKind::subscription_changed: return "subscription_changed";
        case AlertKind::breaker_open: return "breaker_open";
        case AlertKind::mass_deletion: return "mass_deletion";
        case AlertKind::since_ahead: return "since_ahead";
        case AlertKind::disk_low: return "disk_low";
        case AlertKind::certificate: return "certificate";
        case AlertKind::store_trouble: break;
    }
    return "store_trouble";
}

std::string alert_event(const Alert& alert) {
    std::string event;
    JsonObjectWriter json{event};
    json.string("type", "alert").string("kind", to_string(alert.kind)).string("subject", alert.subject);
    json.boolean("active", alert.active).string("since", alert.since.to_iso_ms());
    json.string("timestamp", alert.at.to_iso_ms()).string("message", alert.english).string("mensaje", alert.spanish);
    json.close();
    return event;
}

void Alerts::raise(AlertKind kind, std::string_view subject, Sentence sentence, std::initializer_list<Field> fields) {
    begin(kind, subject, sentence, fields);
}

void Alerts::clear(AlertKind kind, std::string_view subject, Sentence sentence, std::initializer_list<Field> fields) {
    const auto found = active_.find({kind, std::string{subject}});
    if (found != active_.end()) end(found, sentence, fields);
}

void Alerts::note(AlertKind kind, std::string_view subject, std::chrono::milliseconds quiet, Sentence sentence,
                  std::initializer_list<Field> fields) {
    const auto found = active_.find({kind, std::string{subject}});
    State* state = found == active_.end() ? begin(kind, subject, sentence, fields) : &found->second;
    if (state == nullptr) return;
    state->quiet = quiet;
    state->ends = clock_.now() + quiet;
}

void Alerts::end_quiet() {
    const auto now = clock_.now();
    for (auto it = active_.begin(); it != active_.end();) {
        const auto which = it++;
        const auto& state = which->second;
        if (!state.ends || *state.ends > now) continue;
        end(which, {"Not seen again for {minutes} min: {what}", "No se ha repetido en {minutes} min: {que}"},
            {{"minutes", std::chrono::ceil<std::chrono::minutes>(state.quiet).count()},
             {"what", state.alert.english},
             {"que", state.alert.spanish}});
    }
}

Alerts::State* Alerts::begin(AlertKind kind, std::string_view subject, Sentence sentence,
                             std::initializer_list<Field> fields) {
    Alert alert{.kind = kind, .subject = std::string{subject}, .english = {}, .spanish = {}};
    alert.since = alert.at = clock_.wall();
    const Matter matter{kind, alert.subject};
    if (active_.contains(matter)) return nullptr;
    alert.english = fill_in(sentence.english, fields);
    alert.spanish = fill_in(sentence.spanish, fields);
    if (active_.size() == active_max) {
        tell(alert, sentence, fields);
        return nullptr;
    }
    auto& state = active_.emplace(matter, State{.alert = alert, .ends = {}}).first->second;
    tell(alert, sentence, fields);
    for (const auto& listener : listeners_) listener(alert);
    return &state;
}

void Alerts::end(std::map<Matter, State>::iterator which, Sentence sentence, std::initializer_list<Field> fields) {
    Alert alert = std::move(which->second.alert);
    alert.active = false;
    alert.at = clock_.wall();
    alert.english = fill_in(sentence.english, fields);
    alert.spanish = fill_in(sentence.spanish, fields);
    active_.erase(which);
    tell(alert, sentence, fields);
    for (const auto& listener : listeners_) listener(alert);
}

void Alerts::tell(const Alert& alert, Sentence sentence, std::initializer_list<Field> fields) const {
    std::vector<Field> all{fields};
    all.emplace_back("alert", to_string(alert.kind));
    all.emplace_back("active", alert.active);
    if (!alert.subject.empty()) all.emplace_back("subject", alert.subject);
    if (alert.active)
        log_.put(LogLevel::error, Mark::error, sentence, all);
    else
        log_.put(LogLevel::info, Mark::success, sentence, all);
}

bool Alerts::is_active(AlertKind kind, std::string_view subject) const {
    return active_.contains({kind, std::string{subject}});
}

std::size_t Alerts::count(AlertKind kind) const {
    return static_cast<std::size_t>(
        std::count_if(active_.begin(), active_.end(), [kind](const auto& entry) { return entry.first.first == kind; }));
}

std::vector<Alert> Alerts::active() const {
    std::vector<Alert> alerts;
    alerts.reserve(active_.size());
    for (const auto& [matter, state] : active_) alerts.push_back(state.alert);
    // Not std::stable_sort: libstdc++ 12 takes its memory from a function that C++17 deprecates.
    std::ranges::sort(alerts, {}, [](const Alert& a) { return std::tie(a.since, a.kind, a.subject); });
    return alerts;
}

void Alerts::on_alert(std::function<void(const Alert&)> listener) {
    listeners_.push_back(std::move(listener));
}

}  // namespace stockcast
