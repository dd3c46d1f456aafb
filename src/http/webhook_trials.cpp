#include "http/answer.hpp"
#include "http/handlers.hpp"
#include "http/notifications.hpp"
#include "http/product_reads.hpp"
#include "http/siigo_failure.hpp"

#include "stockcast/base/json.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <array>
#include <utility>

namespace stockcast {
namespace {

constexpr std::size_t code_bytes_max = 255;
constexpr std::size_t owed_max = 10'000;  ///< reads looked through for tests that were cut short

asio::awaitable<Result<std::optional<WebhookLog>>> log_entry(Services& services, LogId id) {
    const auto job = [&store = services.store, key = keys::log(services.settings.company, id)] {
        return store.get(Family::webhook_logs, key);
    };
    const auto value = co_await offload(services.workers, job);
    if (!value) co_return value.error();
    if (!*value) co_return std::optional<WebhookLog>{};
    auto log = records::decode_webhook_log(**value);
    if (!log) co_return log.error();
    co_return std::optional{*std::move(log)};
}

/// The entry as the ledger has completed it.
WebhookLog completed(WebhookLog log, const Outcome& outcome) {
    log.processed = true;
    log.result = outcome.result;
    log.old_stock = outcome.old_stock;
    log.new_stock = outcome.new_stock;
    return log;
}

HttpRequest as_received(const WebhookLog& log) {
    HttpRequest request;
    request.fields.add("Content-Type", "application/json");
    request.body = log.payload;
    return request;
}

// ── Tests ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What the body of POST /api/webhooks/test says.
struct TestOrder {
    std::optional<ProductId> id;
    std::string code;
    std::string new_stock;  ///< as written
    std::vector<siigo::Complaint> complaints;
};

void read_product_name(TestOrder& order, const Json& body, std::string_view member) {
    const auto* said = body.find(member);
    if (said == nullptr || said->is_null()) return;
    const auto* text = said->if_string();
    const auto* digits = said->if_number();
    const auto name = text != nullptr ? *text : digits != nullptr ? digits->text : std::string{};
    if (name.empty() || name.size() > code_bytes_max)
        return order.complaints.push_back({std::string{member}, "a product's id or code is accepted"});
    const auto id = ProductId::parse(name);
    if (id ? order.id.has_value() && *order.id != *id : !order.code.empty() && order.code != name)
        return order.complaints.push_back({std::string{member}, "it names another product than product_id"});
    if (id)
        order.id = *id;
    else
        order.code = name;
}

TestOrder read_order(const Json& body) {
    TestOrder order;
    for (const auto& [member, value] : *body.if_object()) {
        if (member == "product_id" || member == "product_code" || member == "new_stock") continue;
        order.complaints.push_back({member, "unknown; known: product_id, product_code, new_stock"});
    }
    read_product_name(order, body, "product_id");
    read_product_name(order, body, "product_code");
    if (!order.id && order.code.empty() && order.complaints.empty())
        order.complaints.push_back({"product_id", "it, or product_code, must say which product: its id or its code"});
    const auto* figure = body.find("new_stock");
    const auto quantity = figure == nullptr ? Result<Quantity>{Errc::malformed} : Quantity::from_json(*figure);
    if (quantity)
        order.new_stock = quantity->to_string();
    else
        order.complaints.push_back(
            {"new_stock", "a number is needed, with up to 34 digits, of these 20 before and 40 after the point"});
    return order;
}

/// The product that the order names: by id, else by code. Errors: the store's.
asio::awaitable<Result<std::optional<Product>>> ordered_product(Services& services, const TestOrder& order) {
    if (order.id) co_return co_await product_by_id(services, *order.id);
    co_return co_await product_by_code(services, order.code);
}

ProductId made_up_id(Random& random) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(std::as_writable_bytes(std::span{bytes}));
    return ProductId::from_bytes(bytes);
}

/// What SIIGO would send, less what it says of the product itself: a test tells a figure and nothing else. Without a
/// stamp, since one of now would outrank a sale that SIIGO stamped a moment ago.
std::string test_payload(const Services& services, const ProductId& id, std::string_view code, bool is_known,
                         std::string_view new_stock) {
    std::string payload;
    JsonObjectWriter json{payload};
    if (const auto& key = services.company_key.value(); !key.empty()) json.string("company_key", key);
    json.string("topic", siigo::topic_stock).string("id", id.to_string());
    if (!code.empty()) json.string("code", code);
    if (!is_known) json.string("name", "stockcast test");
    json.raw("available_quantity", new_stock);
    json.close();
    return payload;
}

Submission withdrawal_of(Services& services, const ProductId& product, const LogId& cause) {
    Observation said;
    said.company = services.settings.company;
    said.product = product;
    said.origin = Origin::withdrawal;
    said.source = Source::test;
    said.cause = cause;
    said.seen = services.ledger.tick();
    said.seen_at = services.clock.wall();
    Submission submission;
    submission.observations.push_back(std::move(said));
    return submission;
}

enum class Ended { read_again, put_back, still_owed };

/// SIIGO is asked for the truth; where it can't be, what was held before comes back.
asio::awaitable<Ended> end_test(Services& services, ProductId product, LogId cause) {
    if (services.upstream.status().enabled) {
        const auto read = co_await services.upstream.refresh(product);
        if (read) {
            const auto held = co_await product_by_id(services, product);
            if (held && (!*held || !(*held)->test)) co_return Ended::read_again;
        }
    }
    const auto put_back = co_await services.ledger.apply(withdrawal_of(services, product, cause));
    if (put_back) co_return Ended::put_back;
    services.log.error({"The figure from before a test could not be put back: {why}. The next start does it",
                        "No se pudo restablecer la cifra anterior a una prueba: {why}. Lo hará el próximo inicio"},
                       {{"why", put_back.error().message()}});
    co_return Ended::still_owed;
}

std::string_view to_text(Ended ended) {
    switch (ended) {
        case Ended::read_again: return "read_again";
        case Ended::put_back: return "put_back";
        case Ended::still_owed: break;
    }
    return "still_owed";
}

/// Products that still show a test's figure, each with its cause: all of these are owed a read. Blocking.
Result<std::vector<std::pair<ProductId, LogId>>> tests_in_place(const Store& store, const CompanyName& company) {
    const auto snapshot = store.snapshot();
    std::vector<ProductId> owed;
    const auto collect = [&](std::string_view key, std::string_view) {
        if (const auto id = keys::pending_product_of(key)) owed.push_back(*id);
        return owed.size() < owed_max;
    };
    const auto scanned = snapshot->scan(Family::meta, keys::pending_read_range(company), Direction::ascending, collect);
    if (!scanned) return scanned.error();

    std::vector<std::pair<ProductId, LogId>> found;
    for (const auto& id : owed) {
        const auto value = snapshot->get(Family::products, keys::product(company, id));
        if (!value) return value.error();
        if (!*value) continue;
        const auto product = records::decode_product(**value);
        if (!product) return product.error();
        if (product->test) found.emplace_back(id, product->test->cause);
    }
    return found;
}

}  // namespace

asio::awaitable<HttpResponse> reprocess_webhook_log(Services& services, Call call) {
    const auto id = LogId::parse(call.arguments.front());
    if (!id) co_return problem(404, "No log entry has this id");
    const auto earlier = co_await log_entry(services, *id);
    if (!earlier) co_return failure_answer(earlier.error());
    if (!*earlier) co_return problem(404, "No log entry has this id");
    if ((*earlier)->source == Source::test)
        co_return problem(409, "This entry is a test's: its figure was made up. POST /api/webhooks/test makes another");
    if ((*earlier)->payload.empty()) co_return problem(409, "Nothing of this notification's body was kept");

    WebhookLog log;
    log.id = services.ledger.new_log_id();
    log.company = services.settings.company;
    log.source = Source::replay;
    log.received_at = services.clock.wall();
    log.reprocess_of = *id;
    const SeenTick seen = services.ledger.tick();
    Result<Reception> read = read_reception(as_received(**earlier), services.company_key.value());
    if (names_only_a_code(*read)) read = co_await with_product(services, *std::move(read));
    if (!read) co_return failure_answer(read.error());
    describe(log, *read);
    const auto new_id = log.id.to_string();
    if (read->refusal) {
        co_await keep_refused(services, std::move(log), *read->refusal, (*earlier)->payload, call.request_id);
        std::string more;
        more.append(R"("id":")").append(new_id).append(R"(","reprocess_of":")").append(id->to_string()).append("\"");
        co_return problem(422,
                          {.detail = read->refusal->detail, .errors = std::move(read->refusal->errors), .more = more});
    }

    log.payload = (*earlier)->payload;
    auto submission = believed(services, log, *std::move(read->notification), seen);
    const auto committed = co_await services.ledger.apply(std::move(submission));
    if (!committed) co_return failure_answer(committed.error());
    services.lines.tell(committed->outcomes.front(), log.product_code, {});

    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).string("id", new_id).string("reprocess_of", id->to_string());
    write_webhook_log_json(json.open("log"), completed(std::move(log), committed->outcomes.front()));
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<HttpResponse> test_webhook(Services& services, Call call) {
    const auto said = parse_json(call.request.body);
    if (!said || said->if_object() == nullptr)
        co_return problem(400, R"(The body must be a JSON object such as {"product_id":"…","new_stock":15})");
    auto order = read_order(*said);
    if (!order.complaints.empty())
        co_return problem(422, {.detail = order.complaints.front().member + ": " + order.complaints.front().reason,
                                .errors = order.complaints});

    auto known = co_await ordered_product(services, order);
    if (!known) co_return failure_answer(known.error());
    const bool is_held = *known && !(*known)->deleted;
    const auto product = *known ? (*known)->id : order.id ? *order.id : made_up_id(services.random);
    const auto code = *known ? (*known)->code : order.code;

    WebhookLog log;
    log.id = services.ledger.new_log_id();
    log.company = services.settings.company;
    log.source = Source::test;
    log.received_at = services.clock.wall();
    log.payload = test_payload(services, product, code, known->has_value(), order.new_stock);
    const SeenTick seen = services.ledger.tick();
    auto reception = read_reception(as_received(log), services.company_key.value());
    describe(log, reception);
    if (reception.refusal) co_return refusal_answer(*std::move(reception.refusal));
    // Of a product that is held nothing but the figure is tested: its name and code are SIIGO's to tell.
    if (is_held) reception.notification->said.properties = Json{Json::Object{}};

    auto submission = believed(services, log, *std::move(reception.notification), seen);
    const auto committed = co_await services.ledger.apply(std::move(submission));
    if (!committed) co_return failure_answer(committed.error());
    const auto& outcome = committed->outcomes.front();
    services.lines.tell(outcome, code, {});
    const auto ended = co_await end_test(services, product, log.id);

    std::string body;
    JsonObjectWriter json{body};
    json.boolean("success", true).boolean("processed", true).string("id", log.id.to_string());
    json.string("result", to_string(outcome.result)).raw("payload", log.payload);
    json.string("product_id", product.to_string()).boolean("made_up", outcome.created);
    json.string("afterwards", to_text(ended));
    json.close();
    co_return json_answer(200, std::move(body));
}

asio::awaitable<void> take_back_tests(Services& services) {
    const auto job = [&store = services.store, company = services.settings.company] {
        return tests_in_place(store, company);
    };
    const auto found = co_await offload(services.workers, job);
    if (!found) {
        services.log.error({"Tests that were cut short can't be looked for: {why}",
                            "No se pueden buscar las pruebas interrumpidas: {why}"},
                           {{"why", found.error().message()}});
        co_return;
    }
    for (const auto& [product, cause] : *found) {
        const auto put_back = co_await services.ledger.apply(withdrawal_of(services, product, cause));
        if (!put_back) co_return;  // the store is full or failing, which has been told; the next start tries again
    }
    if (!found->empty())
        services.log.info(Mark::webhook,
                          {"{count} products had the figure of a test that was cut short: what was held before is back",
                           "{count} productos tenían la cifra de una prueba interrumpida: volvió la anterior"},
                          {{"count", found->size()}});
}

}  // namespace stockcast
