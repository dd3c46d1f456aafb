#pragma once

#include "stockcast/base/asio.hpp"
#include "stockcast/base/offload.hpp"
#include "stockcast/base/result.hpp"
#include "stockcast/net/http_message.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace stockcast {

/// Where what may be long is read: lists, histories, exports. The threads step back behind the ones that take webhooks
/// and send changes, and there is a bound on what waits for them: beyond it an answer is 503, so that a flood of
/// questions costs whoever asks them, and nobody else. A long scan comes in slices, each a job of its own, so that all
/// who read get on in turns. Executor only.
class Readers {
public:
    static constexpr std::size_t waiting_max = 256;  ///< jobs, the running ones included
    static constexpr std::size_t exports_max = 8;    ///< each keeps a snapshot of the store while its client takes it

    explicit Readers(Workers& threads) : threads_(threads) {}

    /// What `fn` makes of the store; a Result. Errors: `too_busy`; its own.
    template <class F>
    asio::awaitable<std::invoke_result_t<F>> read(F fn) {
        if (waiting_ >= waiting_max) co_return Errc::too_busy;
        struct Place {
            std::size_t& waiting;
            explicit Place(std::size_t& count) : waiting(count) { ++waiting; }
            ~Place() { --waiting; }
        } const place{waiting_};
        co_return co_await offload(threads_, std::move(fn));
    }

    /// The same for an answer that is made slice by slice: calls `go_on` until it gives one.
    asio::awaitable<HttpResponse> answer(std::function<Result<std::optional<HttpResponse>>()> go_on);

    /// Leave for one export, until it is let go of; null: there are as many as may be.
    std::shared_ptr<const void> begin_export() {
        if (exports_.use_count() > static_cast<long>(exports_max)) return nullptr;
        return exports_;
    }
    /// For what has such leave.
    Workers& threads() { return threads_; }

private:
    Workers& threads_;
    std::size_t waiting_ = 0;
    std::shared_ptr<const int> exports_ = std::make_shared<const int>(0);
};

}  // namespace stockcast
