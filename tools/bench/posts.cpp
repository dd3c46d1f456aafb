#include "bench/posts.hpp"

#include "bench/notification.hpp"

namespace stockcast::bench {

std::function<std::string_view(std::uint64_t n)> change_posts(const std::string& host_field, const std::string& path) {
    const std::string before = R"({"type":"stock_updated","seq":)";
    const std::string body =
        before + std::to_string(Notifications::figures_from) +
        R"(,"company":"main","productId":142,"siigoProductId":"00000001-bebe-408d-8000-00000000008d",)"
        R"("productCode":"BENCH-00141","productName":"Camiseta azul","oldStock":1000730,"newStock":1001319,)"
        R"("source":"webhook","cause":"01M8DGJJ67ET078M39EH3TXCBY","timestamp":"2025-01-20T10:30:00.000Z"})";
    std::string request = "POST " + (path.empty() ? "/" : path) + " HTTP/1.1\r\nHost: " + host_field +
                          "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                          "\r\n\r\n";
    const auto figure_at = request.size() + before.size();
    request += body;
    return [request, figure_at](std::uint64_t n) mutable {
        const auto figure = std::to_string(Notifications::figure_of(n));
        request.replace(figure_at, figure.size(), figure);
        return std::string_view{request};
    };
}

}  // namespace stockcast::bench
