#include "net/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace stockcast::test {

TemporaryDirectory::TemporaryDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "stockcast-net-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& content) const {
    std::ofstream{file(name)} << content;
    return file(name);
}

Certificate make_certificate(const TemporaryDirectory& directory, const std::string& name,
                             const std::string& alternative_name, int days) {
    return make_certificate(directory, name, {.alternative_name = alternative_name, .to_days = days});
}

Certificate make_certificate(const TemporaryDirectory& directory, const std::string& name,
                             const CertificateForm& form) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        form.rsa_bits > 0 ? EVP_RSA_gen(static_cast<unsigned>(form.rsa_bits)) : EVP_EC_gen("P-256"), EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 3600L * 24 * form.from_days);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600L * 24 * form.to_days);
    X509_set_pubkey(certificate.get(), key.get());
    auto* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);

    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate.get(), certificate.get(), nullptr, nullptr, 0);
    for (const auto& [id, value] : {std::pair{NID_subject_alt_name, form.alternative_name.c_str()},
                                    std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
        auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
        if (extension == nullptr) throw std::runtime_error{"certificate extension"};
        X509_add_ext(certificate.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    Certificate files{directory.file(name + ".crt"), directory.file(name + ".key")};
    const auto write = [](const std::string& file, auto&& put) {
        const std::unique_ptr<FILE, int (*)(FILE*)> out{std::fopen(file.c_str(), "w"), std::fclose};
        if (!out || put(out.get()) != 1) throw std::runtime_error{"can't write " + file};
    };
    write(files.cert_file, [&](FILE* out) { return PEM_write_X509(out, certificate.get()); });
    write(files.key_file,
          [&](FILE* out) { return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    return files;
}

}  // namespace stockcast::test
