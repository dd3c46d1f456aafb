#include "net/certificate.hpp"

#include "stockcast/net/tls.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace stockcast;
using namespace stockcast::test;

TEST_CASE("a certificate that can't be used is refused with its file and the reason", "[net][tls]") {
    const TemporaryDirectory directory;
    const auto good = make_certificate(directory, "good", "DNS:a");
    const auto other = make_certificate(directory, "other", "DNS:a");
    const auto old = make_certificate(directory, "old", "DNS:a", -1);
    const auto text = directory.write("text.crt", "no PEM\n");
    struct Case {
        std::string cert, key, file, reason;
    };
    const std::vector<Case> cases{
        {directory.file("missing.crt"), good.key_file, "missing.crt", "no readable PEM certificate"},
        {text, good.key_file, "text.crt", "no readable PEM certificate"},
        {old.cert_file, old.key_file, "old.crt", "expired"},
        {good.cert_file, directory.file("missing.key"), "missing.key", "no readable PEM private key"},
        {good.cert_file, good.cert_file, "good.crt", "no readable PEM private key"},
        {good.cert_file, other.key_file, "other.key", "does not belong"},
    };
    for (const auto& [cert, key, file, reason] : cases) {
        INFO(cert << ", " << key);
        CHECK_THROWS_WITH((TlsServerContext{cert, key}), Catch::Contains(file) && Catch::Contains(reason));
    }
}

TEST_CASE("reading the certificate again takes a good one and keeps the old one otherwise", "[net][tls]") {
    const TemporaryDirectory directory;
    const auto files = make_certificate(directory, "a", "DNS:a");
    TlsServerContext context{files.cert_file, files.key_file};
    auto* const first = &context.get();

    directory.write("a.key", "nonsense");
    CHECK_THAT(context.reload(), Catch::Contains("a.key"));
    CHECK(&context.get() == first);

    make_certificate(directory, "a", "DNS:a");
    CHECK(context.reload().empty());
    CHECK(&context.get() != first);
}

TEST_CASE("a file of trust that holds no certificates is refused by name", "[net][tls]") {
    const TemporaryDirectory directory;
    CHECK_THROWS_WITH(TlsClientContext{directory.write("ca.pem", "no PEM\n")}, Catch::Contains("ca.pem"));
    CHECK_NOTHROW(TlsClientContext{""});
}
