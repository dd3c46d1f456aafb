#include "http/readers.hpp"

#include "http/answer.hpp"

namespace stockcast {

asio::awaitable<HttpResponse> Readers::answer(std::function<Result<std::optional<HttpResponse>>()> go_on) {
    for (;;) {
        auto made = co_await read([&go_on] { return go_on(); });
        if (!made) co_return failure_answer(made.error());
        if (*made) co_return **std::move(made);
    }
}

}  // namespace stockcast
