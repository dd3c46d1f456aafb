#include "http/jws.hpp"

#include "http/base64url.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;

namespace {

// RFC 7515, appendices A.1 to A.3: one payload, signed in three ways.
const std::string payload =
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
const std::string hs256 =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" + payload + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string rs256 = "eyJhbGciOiJSUzI1NiJ9" + payload +
                          "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
                          "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
                          "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
                          "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const std::string es256 = "eyJhbGciOiJFUzI1NiJ9" + payload +
                          "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

constexpr std::string_view rsa_pem = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj
NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz
P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo
9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB
EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX
FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp
oQIDAQAB
-----END PUBLIC KEY-----
)";
constexpr std::string_view p256_pem = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
)";
constexpr std::string_view rsa_1024_pem = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDGaVPGx/8D+PKxrYshwS5/1PrY
cBp1n6oyetfuwg7GwPXdV790iRJgm07sSxMoniB5QL+3fho2xeby57MszxYJumfm
gqJIHAGF38hhC4ejaUeeZ5M73DxfzEC1BrM9Jsy0911CT55x6zYUj5RNqdDeAnmp
26waQR2NYKjWLMOcVQIDAQAB
-----END PUBLIC KEY-----
)";
constexpr std::string_view p384_pem = R"(-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAETHH5tFyANaoVVSkIgSCo2zFaqdggKP4I
ACXTZq+rbiH4B/zbFiSlogawN5RPgAlo9KeGrICAUvaqA+6/GB+wf2oPdmX1aZ47
0k/DFJxU7jLUsTYcFR3Db5BZ9m+sTi4Z
-----END PUBLIC KEY-----
)";

JwsKey secret_key() {
    return *JwsKey::secret(
        *from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
}

}  // namespace

TEST_CASE("the examples of RFC 7515 verify, each with its own key and no other", "[http][jws]") {
    const auto secret = secret_key();
    const auto rsa = JwsKey::public_key(rsa_pem);
    const auto p256 = JwsKey::public_key(p256_pem);
    REQUIRE(rsa);
    REQUIRE(p256);
    const JwsKey* keys[] = {&secret, &*rsa, &*p256};
    const std::string* tokens[] = {&hs256, &rs256, &es256};
    for (int key = 0; key < 3; ++key) {
        for (int token = 0; token < 3; ++token) {
            CAPTURE(key, token);
            const auto read = keys[key]->verified_payload(*tokens[token]);
            CHECK(read.has_value() == (key == token));
            if (read) CHECK(read->find("\"iss\":\"joe\"") != std::string::npos);
        }
    }
}

TEST_CASE("a public key is never taken for a secret", "[http][jws]") {
    // The classic: HS256 over the text of the public key, which everybody has.
    const auto confused = JwsKey::secret(std::string{rsa_pem})->sign(R"({"role":"admin","exp":9999999999})");
    REQUIRE(confused);
    CHECK_FALSE(JwsKey::public_key(rsa_pem)->verified_payload(*confused));
}

TEST_CASE("one changed character breaks a token", "[http][jws]") {
    const auto key = secret_key();
    for (std::size_t i = 0; i < hs256.size(); ++i) {
        auto token = hs256;
        token[i] = token[i] == 'A' ? 'B' : 'A';
        if (token == hs256) continue;
        CAPTURE(i);
        CHECK_FALSE(key.verified_payload(token));
    }
}

TEST_CASE("what is no token of ours is refused, whatever its header says", "[http][jws]") {
    const auto key = secret_key();
    const auto with_header = [&](std::string_view header) {
        // Signed with the right key, so that only the header can be the reason.
        const auto body = to_base64url(header) + "." + to_base64url("{}");
        const auto signed_by_key = *key.sign("{}");
        return body + signed_by_key.substr(signed_by_key.rfind('.'));
    };
    const std::string token = GENERATE_COPY(
        std::string{}, std::string{"."}, std::string{".."}, std::string{"a.b"}, hs256 + ".", hs256 + ".a", "." + hs256,
        hs256.substr(0, hs256.rfind('.') + 1), with_header(R"({"alg":"none"})"), with_header(R"({"alg":"None"})"),
        with_header(R"({"alg":"HS512"})"), with_header(R"({"typ":"JWT"})"), with_header(R"({"alg":["HS256"]})"),
        with_header(R"({"alg":"none","alg":"HS256"})"), with_header("[]"), with_header("no JSON"), hs256 + "=",
        std::string(JwsKey::token_bytes_max + 1, 'A'));
    CAPTURE(token);
    CHECK_FALSE(key.verified_payload(token));
}

TEST_CASE("critical extensions are refused even when they are signed", "[http][jws]") {
    // {"alg":"HS256","crit":["exp"]}.{} under 32 times `k`, made with another implementation.
    const auto key = JwsKey::secret(std::string(32, 'k'));
    REQUIRE(key);
    CHECK(key->verified_payload("eyJhbGciOiJIUzI1NiJ9.e30.OdR0VWd_clOYWqbzy_nVFqAFYIGXpcmvflMpwWlek8I"));
    CHECK_FALSE(key->verified_payload(
        "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiZXhwIl19.e30.NU_3oIo0tTm6hSCB0MKdfXVSmwdqUvSmBUaEOAcUWuk"));
}

TEST_CASE("a token that is too large is not looked at", "[http][jws]") {
    const auto key = secret_key();
    CHECK(key.verified_payload(*key.sign(std::string(5'000, 'x'))));
    CHECK_FALSE(key.verified_payload(*key.sign(std::string(7'000, 'x'))));
}

TEST_CASE("weak and unknown keys are refused", "[http][jws]") {
    CHECK(JwsKey::secret(std::string(31, 'k')).error() == Errc::out_of_bounds);
    CHECK(JwsKey::public_key(rsa_1024_pem).error() == Errc::out_of_bounds);
    CHECK(JwsKey::public_key(p384_pem).error() == Errc::malformed);
    CHECK(JwsKey::public_key("").error() == Errc::malformed);
    CHECK(JwsKey::public_key("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").error() ==
          Errc::malformed);
}

TEST_CASE("a public key signs nothing", "[http][jws]") {
    CHECK(JwsKey::public_key(p256_pem)->sign("{}").error() == Errc::not_found);
}
