#pragma once

#include <filesystem>
#include <string>

namespace stockcast::test {

/// A directory of its own, gone with the object.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const std::string& content) const;

private:
    std::filesystem::path path_;
};

/// A self-signed P-256 certificate and its key, as PEM files: `<name>.crt`, `<name>.key`.
struct Certificate {
    std::string cert_file;
    std::string key_file;
};
/// `alternative_name`: `DNS:shop.example`, `IP:127.0.0.1`. `days` below 0: it has expired.
Certificate make_certificate(const TemporaryDirectory& directory, const std::string& name,
                             const std::string& alternative_name, int days = 10);
/// What else a certificate may be.
struct CertificateForm {
    std::string alternative_name = "DNS:a";
    int from_days = -30;  ///< its beginning, counted from now
    int to_days = 10;     ///< its end
    int rsa_bits = 0;     ///< 0: a P-256 key
};
Certificate make_certificate(const TemporaryDirectory& directory, const std::string& name, const CertificateForm& form);

}  // namespace stockcast::test
