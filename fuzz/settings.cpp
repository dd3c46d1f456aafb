// Settings from any bytes: a .env file's text is parsed and checked. Beyond not crashing: what is parsed can be written
// as a .env file and reads back the same; no secret stands in a complaint; a duration that is taken is not negative.
#include "stockcast/app/settings.hpp"

#include <cstdint>
#include <cstdlib>

using namespace stockcast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto file = parse_env_file(text);

    std::string written;
    for (const auto& [name, value] : file.values) written += name + "=\"" + value + "\"\n";
    if (parse_env_file(written).values != file.values) std::abort();

    SettingsSource source;
    source.env_file = file.values;
    source.read_file = [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
    check_settings(source, Needs::server);

    // A mark before each secret, since other text may equal a value that the fuzzer made up.
    constexpr std::string_view mark = "k33p-this";
    if (text.find(mark.substr(0, 4)) == std::string_view::npos) {
        for (const auto* secret :
             {"SIIGO_ACCESS_KEY", "WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS", "JWT_SECRET", "JWT_SECRET_PREVIOUS"})
            if (const auto at = source.env_file.find(secret); at != source.env_file.end()) at->second.insert(0, mark);
        const auto checked = check_settings(source, Needs::server);
        for (const auto& complaint : checked.complaints)
            if (complaint.english.find(mark) != std::string::npos || complaint.spanish.find(mark) != std::string::npos)
                std::abort();
    }
    if (const auto duration = parse_duration(text); duration && duration->count() < 0) std::abort();
    return 0;
}
