#pragma once

#include "stockcast/base/instant.hpp"

#include <memory>
#include <string>

namespace stockcast {

/// The first certificate of a PEM file: whom it names, and how long it holds.
class Certificate {
public:
    /// Throws std::runtime_error which names the file.
    explicit Certificate(const std::string& pem_file);
    ~Certificate();

    Instant begins() const;
    Instant ends() const;
    /// Whether a client that asks for this host name or address takes it (RFC 6125).
    bool names(const std::string& host) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stockcast
