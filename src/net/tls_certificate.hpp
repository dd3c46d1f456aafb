#pragma once

#include "stockcast/base/instant.hpp"

#include <string>

namespace stockcast {

/// Until when the first certificate of a PEM file is valid. Throws std::runtime_error with file and reason when it can't
/// be read, is not valid at `now`, or has a key below 112 bits of security (RSA 2048, P-224): a browser would refuse it,
/// and we rather keep the one we have.
Instant check_certificate(const std::string& cert_file, Instant now);

}  // namespace stockcast
