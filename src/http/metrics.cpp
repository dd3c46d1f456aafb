#include "http/handlers.hpp"

#include "stockcast/base/offload.hpp"
#include "stockcast/base/process_usage.hpp"

namespace stockcast {

asio::awaitable<HttpResponse> show_metrics(Services& services, Call) {
    // Counting the open descriptors lists a directory: not on the executor.
    services.process.set(co_await offload(services.workers, measure_process));
    HttpResponse response;
    response.fields.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = services.metrics.text();
    co_return response;
}

}  // namespace stockcast
