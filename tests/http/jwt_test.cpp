#include "stockcast/http/jwt.hpp"

#include "http/jws.hpp"
#include "support/builders.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace stockcast;
using namespace std::chrono_literals;
using test::at;

namespace {

const std::string secret(32, 's');
const Instant now = at("2025-01-20T12:00:00Z");  // 1737374400

Result<Caller> verify_claims(std::string_view claims) {
    return JwtKeys::hs256(secret)->verify(*JwsKey::secret(secret)->sign(claims), now);
}

}  // namespace

TEST_CASE("what is signed comes back", "[http][jwt]") {
    const auto keys = JwtKeys::hs256(secret);
    REQUIRE(keys);
    const auto role = GENERATE(Role::viewer, Role::admin);
    const auto token = keys->sign(role, "ana \"la jefa\"", now, now + 1h);
    REQUIRE(token);
    const auto caller = keys->verify(*token, now);
    REQUIRE(caller);
    CHECK(caller->role == role);
    CHECK(caller->subject == "ana \"la jefa\"");
    CHECK(caller->expires == now + 1h);
}

TEST_CASE("claims decide, with a minute of skew", "[http][jwt]") {
    struct Row {
        const char* claims;
        boost::system::error_code error;  // default: good
    };
    const boost::system::error_code good;
    const auto row = GENERATE_COPY(values<Row>({
        {R"({"role":"viewer","exp":1737374401})", good},
        {R"({"role":"admin","exp":1737374400.5,"sub":"x","unknown":{}})", good},
        {R"({"role":"viewer","exp":1.7373744e9})", good},
        {R"({"role":"viewer","exp":1737374341})", good},
        {R"({"role":"viewer","exp":1737374340})", Errc::timed_out},
        {R"({"role":"viewer","exp":0})", Errc::timed_out},
        {R"({"role":"viewer","exp":1737378000,"nbf":1737374460,"iat":1737374460})", good},
        {R"({"role":"viewer","exp":1737378000,"nbf":1737374461})", Errc::not_found},
        {R"({"role":"viewer","exp":1737378000,"iat":1737374461})", Errc::not_found},
        {R"({"role":"viewer"})", Errc::malformed},
        {R"({"exp":1737378000})", Errc::malformed},
        {R"({"role":"root","exp":1737378000})", Errc::malformed},
        {R"({"role":"Admin","exp":1737378000})", Errc::malformed},
        {R"({"role":["admin"],"exp":1737378000})", Errc::malformed},
        {R"({"role":null,"exp":1737378000})", Errc::malformed},
        {R"({"role":"viewer","exp":"1737378000"})", Errc::malformed},
        {R"({"role":"viewer","exp":true})", Errc::malformed},
        {R"({"role":"viewer","exp":null})", Errc::malformed},
        {R"({"role":"viewer","exp":1e300})", Errc::malformed},
        {R"({"role":"viewer","exp":1e400})", Errc::malformed},
        {R"({"role":"viewer","exp":253402300800})", Errc::malformed},
        {R"({"role":"viewer","exp":1737378000,"nbf":"soon"})", Errc::malformed},
        {R"({"role":"viewer","exp":1737378000,"iat":[]})", Errc::malformed},
        {R"({"role":"viewer","exp":1737378000,"sub":1})", Errc::malformed},
        {R"({"role":"viewer","role":"admin","exp":1737378000})", Errc::malformed},
        {R"({"role":"viewer","exp":1737378000,"aud":"stockcast"})", good},
        {R"({"role":"viewer","exp":1737378000,"aud":["erp","stockcast"]})", good},
        {R"({"role":"viewer","exp":1737378000,"aud":"erp"})", Errc::malformed},
        {R"({"role":"viewer","exp":1737378000,"aud":[]})", Errc::malformed},
        {R"({"role":"viewer","exp":1737378000,"aud":null})", Errc::malformed},
        {R"([{"role":"viewer","exp":1737378000}])", Errc::malformed},
        {R"("admin")", Errc::malformed},
        {"", Errc::malformed},
    }));
    CAPTURE(row.claims);
    const auto caller = verify_claims(row.claims);
    CHECK((caller ? good : caller.error()) == row.error);
}

TEST_CASE("another server's token is refused", "[http][jwt]") {
    const auto other = JwtKeys::hs256(std::string(32, 'o'))->sign(Role::admin, "x", now, now + 1h);
    REQUIRE(other);
    CHECK(JwtKeys::hs256(secret)->verify(*other, now).error() == Errc::malformed);
}

TEST_CASE("while a key is rotated the tokens of both hold, and the new one signs", "[http][jwt]") {
    const std::string former(32, 'f');
    const auto old_token = JwtKeys::hs256(former)->sign(Role::viewer, "ana", now, now + 1h);
    const auto rotated = JwtKeys::hs256(secret, former);
    REQUIRE(rotated);
    CHECK(rotated->verify(*old_token, now));
    const auto fresh = rotated->sign(Role::viewer, "ana", now, now + 1h);
    CHECK(JwtKeys::hs256(secret)->verify(*fresh, now));
    CHECK_FALSE(JwtKeys::hs256(former)->verify(*fresh, now));
    CHECK_FALSE(JwtKeys::hs256(secret, "too short"));
}
