#include "net/certificate.hpp"

#include "stockcast/net/tls.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace stockcast;
using namespace stockcast::test;

namespace {
const SystemClock clock_of_today;  // certificates are made for the days around now

std::string content(const std::string& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}
}  // namespace

TEST_CASE("a certificate that can't be used is refused with its file and the reason", "[net][tls]") {
    const TemporaryDirectory directory;
    const auto good = make_certificate(directory, "good", "DNS:a");
    const auto other = make_certificate(directory, "other", "DNS:a");
    const auto old = make_certificate(directory, "old", "DNS:a", -1);
    const auto future = make_certificate(directory, "future", CertificateForm{.from_days = 1});
    const auto weak = make_certificate(directory, "weak", CertificateForm{.rsa_bits = 1024});
    const auto text = directory.write("text.crt", "no PEM\n");
    const auto torn = directory.write(
        "torn.crt", content(good.cert_file) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    struct Case {
        std::string cert, key, file, reason;
    };
    const std::vector<Case> cases{
        {directory.file("missing.crt"), good.key_file, "missing.crt", "no readable PEM certificate"},
        {text, good.key_file, "text.crt", "no readable PEM certificate"},
        {old.cert_file, old.key_file, "old.crt", "expired"},
        {future.cert_file, future.key_file, "future.crt", "not valid yet"},
        {weak.cert_file, weak.key_file, "weak.crt", "too weak (1024 bits"},
        {torn, good.key_file, "torn.crt", "no readable PEM certificate"},
        {good.cert_file, directory.file("missing.key"), "missing.key", "no readable PEM private key"},
        {good.cert_file, good.cert_file, "good.crt", "no readable PEM private key"},
        {good.cert_file, other.key_file, "other.key", "does not belong"},
    };
    for (const auto& [cert, key, file, reason] : cases) {
        INFO(cert << ", " << key);
        CHECK_THROWS_WITH((TlsServerContext{cert, key, clock_of_today}),
                          Catch::Contains(file) && Catch::Contains(reason));
    }
}

TEST_CASE("reading the certificate again takes a good one and keeps the old one otherwise", "[net][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "a", "DNS:a");
    TlsServerContext context{files.cert_file, files.key_file, clock_of_today};
    auto* const first = &context.get();

    directory.write("a.key", "nonsense");
    CHECK_THAT(context.reload(), Catch::Contains("a.key"));
    CHECK(&context.get() == first);

    const auto before = context.expires();
    make_certificate(directory, "a", "DNS:a", 20);
    CHECK(context.reload().empty());
    CHECK(&context.get() != first);
    CHECK(context.expires() - before >= std::chrono::hours{24 * 9});
}

TEST_CASE("an RSA key of 2048 bits is good enough, and the end of validity is told", "[net][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "rsa", CertificateForm{.to_days = 15, .rsa_bits = 2048});
    const TlsServerContext context{files.cert_file, files.key_file, clock_of_today};
    const auto left = context.expires() - clock_of_today.wall();
    CHECK(left > std::chrono::hours{24 * 15} - std::chrono::minutes{1});
    CHECK(left <= std::chrono::hours{24 * 15});
}

TEST_CASE("a file of trust that holds no certificates is refused by name", "[net][tls]") {
    const TemporaryDirectory directory;
    CHECK_THROWS_WITH(TlsClientContext{directory.write("ca.pem", "no PEM\n")}, Catch::Contains("ca.pem"));
    CHECK_NOTHROW(TlsClientContext{""});
}
