#include "fanout/messages.hpp"

#include "stockcast/base/json.hpp"

namespace stockcast::messages {

namespace {

std::string with_seq(std::string_view type, Seq seq) {
    std::string out;
    JsonObjectWriter{out}.string("type", type).number("seq", static_cast<std::int64_t>(seq)).close();
    return out;
}

std::string_view text(ResetReason reason) {
    switch (reason) {
        case ResetReason::expired: return "the changes after since are no longer kept";
        case ResetReason::ahead: return "since is ahead of this store's last change";
        case ResetReason::other_epoch: return "since belongs to another epoch of the store";
        case ResetReason::unreadable: return "Last-Event-ID is not an id of this stream";
    }
    return {};
}

}  // namespace

std::string hello(Seq seq, std::string_view epoch, const ChainHash& head_hash) {
    std::string out;
    JsonObjectWriter{out}
        .string("type", "hello")
        .number("seq", static_cast<std::int64_t>(seq))
        .string("epoch", epoch)
        .string("head_hash", head_hash.to_hex())
        .close();
    return out;
}

std::string heartbeat(Seq seq) {
    return with_seq("heartbeat", seq);
}
std::string caught_up(Seq seq) {
    return with_seq("caught_up", seq);
}
std::string subscribed(Seq seq) {
    return with_seq("subscribed", seq);
}

std::string error(std::string_view detail) {
    std::string out;
    JsonObjectWriter{out}.string("type", "error").string("detail", detail).close();
    return out;
}

std::string reset(Seq seq, ResetReason reason) {
    std::string out;
    JsonObjectWriter{out}
        .string("type", "reset")
        .number("seq", static_cast<std::int64_t>(seq))
        .string("reason", text(reason))
        .close();
    return out;
}

std::string_view name_of(ResetReason reason) {
    switch (reason) {
        case ResetReason::expired: return "expired";
        case ResetReason::ahead: return "ahead";
        case ResetReason::other_epoch: return "other_epoch";
        case ResetReason::unreadable: break;
    }
    return "unreadable";
}

std::string close(unsigned code, std::string_view reason) {
    std::string out;
    JsonObjectWriter{out}.string("type", "close").number("code", code).string("reason", reason).close();
    return out;
}

}  // namespace stockcast::messages
