#include "simulation/trace.hpp"

#include <cerrno>
#include <chrono>
#include <system_error>

namespace stockcast::simulation {
namespace {

constexpr std::size_t lines_kept = 60;
// FNV-1a, 64 bits: a fingerprint, no defence.
constexpr std::uint64_t fnv_offset = 0xCBF29CE484222325U;
constexpr std::uint64_t fnv_prime = 0x100000001B3U;

std::string stamp(std::chrono::nanoseconds at) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(at).count();
    char text[48];
    std::snprintf(text, sizeof text, "%lldd %02lld:%02lld:%02lld.%06lld",
                  static_cast<long long>(micros / 86'400'000'000), static_cast<long long>(micros / 3'600'000'000 % 24),
                  static_cast<long long>(micros / 60'000'000 % 60), static_cast<long long>(micros / 1'000'000 % 60),
                  static_cast<long long>(micros % 1'000'000));
    return text;
}

}  // namespace

Trace::Trace(const std::string& path) : hash_(fnv_offset) {
    if (path.empty()) return;
    file_.reset(std::fopen(path.c_str(), "w"));
    if (!file_) throw std::system_error{errno, std::generic_category(), "can't write " + path};
}

void Trace::note(std::chrono::nanoseconds at, std::string_view who, std::string_view what) {
    auto line = stamp(at).append("  ").append(who).append("  ").append(what);
    for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * fnv_prime;
    if (file_) std::fprintf(file_.get(), "%s\n", line.c_str());
    last_.push_back(std::move(line));
    if (last_.size() > lines_kept) last_.pop_front();
}

void Trace::mix(std::uint64_t value) {
    hash_ = (hash_ ^ value) * fnv_prime;
}

}  // namespace stockcast::simulation
