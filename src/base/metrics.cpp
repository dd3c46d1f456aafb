#include "stockcast/base/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace stockcast {
namespace {

constexpr std::array<double, 16> latency_bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
constexpr std::array<double, 7> batch_bounds{1, 4, 16, 64, 256, 1024, 4096};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Without `:`, which is for recording rules.
bool is_name(std::string_view name) {
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void append_escaped(std::string& out, std::string_view text, bool quoted) {
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quoted)
            out += "\\\"";
        else
            out += c;
    }
}

std::string written_labels(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        if (!is_name(name) || name == "le") throw std::logic_error("no name of a label: " + name);
        if (!out.empty()) out += ',';
        out.append(name).append("=\"");
        append_escaped(out, value, /*quoted=*/true);
        out += '"';
    }
    return out;
}

void append_number(std::string& out, double value) {
    if (std::isinf(value)) {
        out += value < 0 ? "-Inf" : "+Inf";
        return;
    }
    std::array<char, 32> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), written.ptr);
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels,
                   double value) {
    out.append(name).append(suffix);
    if (!labels.empty()) out.append("{").append(labels).append("}");
    out += ' ';
    append_number(out, value);
    out += '\n';
}

void append_histogram(std::string& out, std::string_view name, const std::string& labels, const Histogram& histogram) {
    const auto reading = histogram.read();
    const auto& bounds = histogram.upper_bounds();
    for (std::size_t i = 0; i < reading.cumulative.size(); ++i) {
        std::string with_bound = labels + (labels.empty() ? "le=\"" : ",le=\"");
        append_number(with_bound, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity());
        with_bound += '"';
        append_sample(out, name, "_bucket", with_bound, static_cast<double>(reading.cumulative[i]));
    }
    append_sample(out, name, "_sum", labels, reading.sum);
    append_sample(out, name, "_count", labels, static_cast<double>(reading.cumulative.back()));
}

bool same_label_names(const Labels& a, const Labels& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) { return one.first == other.first; });
}

}  // namespace

const std::span<const double> latency_seconds{latency_bounds};
const std::span<const double> batch_sizes{batch_bounds};

Histogram::Histogram(std::span<const double> upper_bounds)
    : bounds_(upper_bounds.begin(), upper_bounds.end()), counts_(bounds_.size() + 1) {}

void Histogram::observe(double value) {
    const auto above = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    counts_[static_cast<std::size_t>(above - bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Reading Histogram::read() const {
    Reading reading;
    std::uint64_t so_far = 0;
    for (const auto& count : counts_) {
        so_far += count.load(std::memory_order_relaxed);
        reading.cumulative.push_back(so_far);
    }
    reading.sum = sum_.load(std::memory_order_relaxed);
    return reading;
}

Metrics::Series& Metrics::series(std::string_view name, std::string_view kind, std::string_view help, Labels labels) {
    const std::string named{name};
    if (!is_name(name)) throw std::logic_error("no name of a metric: " + named);
    auto& family = families_[named];
    if (family.kind.empty()) {
        family.kind = kind;
        family.help = help;
    }
    if (family.kind != kind || family.help != help)
        throw std::logic_error("a metric twice with another kind or help: " + named);
    if (!family.series.empty() && !same_label_names(family.series.front().labels, labels))
        throw std::logic_error("a metric twice with other labels: " + named);

    auto written = written_labels(labels);
    for (auto& known : family.series) {
        if (known.written == written) return known;
    }
    family.series.push_back({std::move(labels), std::move(written), nullptr, nullptr, {}});
    return family.series.back();
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    auto& made = series(name, "counter", help, std::move(labels));
    if (made.read) throw std::logic_error("a metric that is read, and counted as well: " + std::string{name});
    if (!made.counter) made.counter = std::make_unique<Counter>();
    return *made.counter;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::span<const double> upper_bounds,
                              Labels labels) {
    auto& made = series(name, "histogram", help, std::move(labels));
    if (!made.histogram) made.histogram = std::make_unique<Histogram>(upper_bounds);
    return *made.histogram;
}

void Metrics::gauge(std::string_view name, std::string_view help, Labels labels, std::function<double()> read) {
    auto& made = series(name, "gauge", help, std::move(labels));
    if (made.read) throw std::logic_error("a metric that is read, made twice: " + std::string{name});
    made.read = std::move(read);
}

void Metrics::counter(std::string_view name, std::string_view help, Labels labels, std::function<double()> read) {
    auto& made = series(name, "counter", help, std::move(labels));
    if (made.read || made.counter) throw std::logic_error("a metric that is read, made twice: " + std::string{name});
    made.read = std::move(read);
}

std::string Metrics::text() const {
    std::string out;
    for (const auto& [name, family] : families_) write(out, name, family);
    return out;
}

void Metrics::write(std::string& out, const std::string& name, const Family& family) {
    std::string samples;
    for (const auto& one : family.series) {
        if (one.histogram) {
            append_histogram(samples, name, one.written, *one.histogram);
            continue;
        }
        const double value = one.read ? one.read() : static_cast<double>(one.counter->value());
        if (!std::isnan(value)) append_sample(samples, name, "", one.written, value);
    }
    if (samples.empty()) return;
    out.append("# HELP ").append(name).append(" ");
    append_escaped(out, family.help, /*quoted=*/false);
    out.append("\n# TYPE ").append(name).append(" ").append(family.kind).append("\n").append(samples);
}

}  // namespace stockcast
