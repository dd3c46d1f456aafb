#include "sync/scripted_siigo.hpp"

#include "support/builders.hpp"
#include "support/pipe_stream.hpp"

#include "stockcast/base/json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <stdexcept>

namespace stockcast::test {
namespace {

std::string parameter(const std::string& target, std::string_view name) {
    const auto url = boost::urls::parse_origin_form(target);
    if (!url) throw std::runtime_error("a target that is none: " + target);
    for (const auto& parameter : url->params())
        if (parameter.key == name) return parameter.value;
    return {};
}

void write_item(std::string& out, const ScriptedSiigo::Item& item) {
    JsonObjectWriter json{out};
    json.string("id", item.id.to_string()).string("code", item.code).string("name", "Producto " + item.code);
    json.string("type", "Product").boolean("active", true).boolean("stock_control", true);
    json.raw("available_quantity", item.stock);
    json.close();
}

std::string list(const std::vector<const ScriptedSiigo::Item*>& rows, std::size_t total) {
    std::string body =
        R"({"pagination":{"page":1,"page_size":50,"total_results":)" + std::to_string(total) + R"(},"results":[)";
    for (const auto* row : rows) {
        if (row != rows.front()) body += ',';
        write_item(body, *row);
    }
    return body + "]}";
}

HttpResponse json_answer(unsigned status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

std::string text(const HttpResponse& response) {
    return "HTTP/1.1 " + std::to_string(response.status) +
           " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(response.body.size()) +
           "\r\n\r\n" + response.body;
}

std::size_t content_length(const std::string& head) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto at = head.find(name);
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

std::string member(const Json& json, std::string_view name) {
    const auto* value = json.find(name);
    return value && value->if_string() ? *value->if_string() : std::string{};
}

}  // namespace

void ScriptedSiigo::create(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        ++last_;
        newest_first_.insert(newest_first_.begin(),
                             Item{product_id(last_), "C" + std::to_string(last_), "1", clock_.wall(), true});
    }
}

ScriptedSiigo::Item& ScriptedSiigo::item(std::uint64_t n) {
    const auto it = std::find_if(newest_first_.begin(), newest_first_.end(),
                                 [id = product_id(n)](const Item& item) { return item.id == id; });
    if (it == newest_first_.end()) throw std::runtime_error("no such product");
    return *it;
}

void ScriptedSiigo::sell(std::uint64_t n, std::string stock) {
    item(n).stock = std::move(stock);
    item(n).updated = clock_.wall();
}

std::size_t ScriptedSiigo::count(std::string_view part) const {
    return static_cast<std::size_t>(
        std::count_if(requests_.begin(), requests_.end(),
                      [part](const std::string& request) { return request.find(part) != std::string::npos; }));
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> ScriptedSiigo::connect(Endpoint, Steady) {
    auto [ours, theirs] = PipeStream::make(executor_, 1u << 20);
    std::unique_ptr<ByteStream> server = std::move(ours);
    asio::co_spawn(executor_, serve(*this, std::move(server)), asio::detached);
    std::unique_ptr<ByteStream> client = std::move(theirs);
    co_return std::move(client);
}

asio::awaitable<void> ScriptedSiigo::serve(ScriptedSiigo& self, std::unique_ptr<ByteStream> stream) {
    std::string buffer;
    char chunk[4096];
    for (;;) {
        const auto end = buffer.find("\r\n\r\n");
        const auto whole = end == std::string::npos ? 0 : end + 4 + content_length(buffer.substr(0, end));
        if (end == std::string::npos || buffer.size() < whole) {
            const auto got = co_await read_some(*stream, asio::buffer(chunk));
            if (!got) co_return;
            buffer.append(chunk, *got);
            continue;
        }
        const auto method = buffer.substr(0, buffer.find(' '));
        const auto target_at = method.size() + 1;
        const auto target = buffer.substr(target_at, buffer.find(' ', target_at) - target_at);
        const auto response = text(self.answer(method, target, buffer.substr(end + 4, whole - end - 4)));
        buffer.erase(0, whole);
        const auto sent = co_await write_all(*stream, response);
        if (!sent) co_return;
    }
}

HttpResponse ScriptedSiigo::answer(const std::string& method, const std::string& target, const std::string& body) {
    requests_.push_back(method + " " + target);
    if (target == "/auth")
        return json_answer(201, R"({"access_token":"t","expires_in":86400,"token_type":"Bearer","scope":"SiigoAPI"})");
    if (target.starts_with("/v1/products")) return products(target);
    if (target.starts_with("/v1/webhooks")) return webhooks(method, target, body);
    return json_answer(404, R"({"Status":404,"Errors":[{"Code":"not_found","Message":"?"}]})");
}

HttpResponse ScriptedSiigo::products(const std::string& target) {
    if (before_products) before_products(target);
    if (fail_products > 0) {
        --fail_products;
        return json_answer(503, R"({"Status":503,"Errors":[{"Code":"service_unavailable","Message":"down"}]})");
    }
    std::vector<const Item*> rows;
    if (const auto ids = parameter(target, "ids"); !ids.empty()) {
        if (poison != ProductId{} && ids.find(poison.to_string()) != std::string::npos)
            return json_answer(400, R"({"Status":400,"Errors":[{"Code":"invalid_reference","Message":"ids"}]})");
        for (const auto& item : newest_first_)
            if (item.listed && ids.find(item.id.to_string()) != std::string::npos) rows.push_back(&item);
        return json_answer(200, list(rows, rows.size()));
    }

    std::optional<Instant> from;
    if (const auto since = parameter(target, "updated_start"); !since.empty()) from = *Instant::parse(since);
    for (const auto& item : newest_first_)
        if (item.listed && !hide_from_pages && (!from || item.updated >= *from)) rows.push_back(&item);
    const auto total = rows.size();
    const auto size = std::stoul(parameter(target, "page_size"));
    const auto first = std::min(total, (std::stoul(parameter(target, "page")) - 1) * size);
    const auto last = std::min(total, first + size);
    const std::vector<const Item*> page{rows.begin() + static_cast<std::ptrdiff_t>(first),
                                        rows.begin() + static_cast<std::ptrdiff_t>(last)};
    return json_answer(200, list(page, total));
}

HttpResponse ScriptedSiigo::webhooks(const std::string& method, const std::string& target, const std::string& body) {
    const auto write = [](std::string& out, const Subscription& subscription) {
        JsonObjectWriter json{out};
        json.string("id", subscription.id).string("application_id", subscription.application_id);
        json.string("topic", subscription.topic).string("url", subscription.url).string("company_key", "acme");
        json.boolean("active", subscription.active).string("created_at", subscription.created_at).close();
    };
    if (method == "GET") {
        std::string out = "[";
        for (const auto& subscription : subscriptions) {
            if (out.size() > 1) out += ',';
            write(out, subscription);
        }
        return json_answer(200, out + "]");
    }
    if (method == "DELETE") {
        const auto id = target.substr(target.rfind('/') + 1);
        std::erase_if(subscriptions, [&id](const Subscription& subscription) { return subscription.id == id; });
        return json_answer(200, R"({"id":")" + id + R"(","deleted":true})");
    }

    const auto json = parse_json(body);
    if (!json) return json_answer(400, "{}");
    Subscription said;
    said.application_id = member(*json, "application_id");
    said.topic = member(*json, "topic");
    said.url = member(*json, "url");
    said.active = true;
    said.company_key = "acme";
    if (method == "POST") {
        said.id = product_id(900 + ++last_subscription_).to_string();
        said.created_at = clock_.wall().to_iso();
        subscriptions.push_back(said);
    } else {
        said.id = member(*json, "id");
        for (auto& subscription : subscriptions)
            if (put_takes && subscription.id == said.id) subscription = said;
    }
    std::string out;
    write(out, said);
    return json_answer(201, out);
}

}  // namespace stockcast::test
