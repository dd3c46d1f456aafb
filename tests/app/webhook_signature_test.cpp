#include "app/webhook_signature.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace stockcast;

TEST_CASE("a message is signed as Standard Webhooks's own libraries do it", "[alerts]") {
    // The example of the reference implementation's tests (standard-webhooks, svix-webhooks).
    const auto key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    REQUIRE(key);
    CHECK(key->sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})") ==
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a key that is made can be read again", "[alerts]") {
    for (const std::size_t size : {24U, 25U, 26U, 32U, 64U}) {
        const std::string bytes(size, 'k');
        const auto text = SigningKey::written({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
        CAPTURE(text);
        CHECK(text.starts_with("whsec_"));
        CHECK(SigningKey::parse(text));
    }
}

TEST_CASE("what is no key of 24 to 64 bytes is refused", "[alerts]") {
    for (const char* text : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La-aSw",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL==="}) {
        CAPTURE(text);
        CHECK_FALSE(SigningKey::parse(text));
    }
    CHECK_FALSE(SigningKey::parse("whsec_" + std::string(88, 'A')));  // 66 bytes
}
