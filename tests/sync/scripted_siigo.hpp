#pragma once

#include "stockcast/model/ids.hpp"
#include "stockcast/model/logs.hpp"
#include "stockcast/net/connector.hpp"
#include "stockcast/net/http_message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stockcast::test {

/// SIIGO over connections in memory: enough of siigo-api.md for the sync, changed and disturbed by the test at will.
/// (What SIIGO refuses is sim's to know.)
class ScriptedSiigo final : public Connector {
public:
    struct Item {
        ProductId id;
        std::string code;
        std::string stock = "1";
        Instant updated;
        bool listed = true;  ///< false: pages and `ids=` don't show it, as if it were deleted
    };

    ScriptedSiigo(asio::any_io_executor executor, Clock& clock) : executor_(std::move(executor)), clock_(clock) {}

    /// Makes `product_id(n)` for the next n, newest first in the listing.
    void create(unsigned count = 1);
    Item& item(std::uint64_t n);
    void sell(std::uint64_t n, std::string stock);  ///< counts as an update

    /// Called before a request for products is answered, with its target.
    std::function<void(const std::string&)> before_products;
    unsigned fail_products = 0;    ///< so many of the next requests for products get a 503
    bool hide_from_pages = false;  ///< pages show nothing, `ids=` does: a fault of SIIGO's
    bool put_takes = true;         ///< else PUT answers 201 and changes nothing
    ProductId poison;              ///< a request whose `ids=` names it gets a 400
    std::vector<Subscription> subscriptions;

    /// "GET /v1/products?…", as received; `/auth` too.
    const std::vector<std::string>& requests() const { return requests_; }
    std::size_t count(std::string_view part) const;
    void forget_requests() { requests_.clear(); }

    asio::awaitable<Result<std::unique_ptr<ByteStream>>> connect(Endpoint to, Steady deadline) override;

private:
    static asio::awaitable<void> serve(ScriptedSiigo& self, std::unique_ptr<ByteStream> stream);
    HttpResponse answer(const std::string& method, const std::string& target, const std::string& body);
    HttpResponse products(const std::string& target);
    HttpResponse webhooks(const std::string& method, const std::string& target, const std::string& body);

    asio::any_io_executor executor_;
    Clock& clock_;
    std::vector<Item> newest_first_;
    std::uint64_t last_ = 0;
    std::uint64_t last_subscription_ = 0;
    std::vector<std::string> requests_;
};

}  // namespace stockcast::test
