#pragma once

#include <stdexcept>
#include <string>

namespace stockcast {

/// Why a command can't do what was asked, in both languages, with the remedy; caught in main, which exits with 1.
class Failure : public std::runtime_error {
public:
    Failure(const std::string& english, std::string spanish)
        : std::runtime_error(english), spanish_(std::move(spanish)) {}
    const std::string& spanish() const { return spanish_; }

private:
    std::string spanish_;
};

}  // namespace stockcast
