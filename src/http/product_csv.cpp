#include "http/product_csv.hpp"

#include "http/product_walk.hpp"

#include "stockcast/base/csv.hpp"

#include <cstddef>
#include <utility>

namespace stockcast {
namespace {

// One piece ends at whichever comes first, so that whoever else reads comes in between.
constexpr std::size_t piece_rows = 1'024;
constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

class ProductCsv final : public BodySource {
public:
    ProductCsv(std::unique_ptr<ProductWalk> walk, ProductFilter filter, Readers& readers,
               std::shared_ptr<const void> leave)
        : walk_(std::move(walk)), filter_(std::move(filter)), readers_(readers), leave_(std::move(leave)) {}

    asio::awaitable<Result<std::string>> next() override {
        std::string piece{std::exchange(header_, {})};
        while (piece.empty() && !walk_->is_at_end()) {
            auto read = co_await offload(readers_.threads(), [this] { return read_piece(); });
            if (!read) co_return read;
            piece = *std::move(read);
        }
        co_return piece;
    }

private:
    Result<std::string> read_piece() {
        std::string piece;
        const auto take = [&](const Product& product) {
            if (piece.size() >= piece_bytes) return ProductWalk::Take::stop_before;
            if (filter_.accepts(product)) append_product_csv(piece, product);
            return ProductWalk::Take::go_on;
        };
        const auto walked = walk_->go_on(piece_rows, take);
        if (!walked) return walked.error();
        return piece;
    }

    std::unique_ptr<ProductWalk> walk_;
    ProductFilter filter_;
    Readers& readers_;
    std::shared_ptr<const void> leave_;
    std::string_view header_ = product_csv_header;
};

}  // namespace

void append_product_csv(std::string& out, const Product& product) {
    const auto cell = [&out](std::string_view text) {
        append_csv_cell(out, text);
        out += ',';
    };
    cell(product.id.to_string());
    cell(product.code);
    cell(product.name);
    cell(barcode_of(product));
    cell(product.active ? "true" : "false");
    cell(product.stock_control ? "true" : "false");
    cell(product.available ? product.available->to_string() : "");
    std::string warehouses;
    write_warehouses_json(warehouses, product.warehouses);
    cell(warehouses);
    cell(std::to_string(product.number));
    cell(product.company);
    cell(std::to_string(product.seq));
    append_csv_cell(out, product.changed_at.to_iso_ms());
    out += csv_line_end;
}

HttpResponse csv_answer(Seq seq) {
    HttpResponse response;
    response.fields.add("Content-Type", "text/csv; charset=utf-8; header=present");
    response.fields.add("Content-Disposition", "attachment; filename=\"products.csv\"");
    response.fields.add("Stockcast-Seq", std::to_string(seq));
    return response;
}

std::shared_ptr<BodySource> make_product_csv(std::unique_ptr<ProductWalk> walk, ProductFilter filter, Readers& readers,
                                             std::shared_ptr<const void> leave) {
    return std::make_shared<ProductCsv>(std::move(walk), std::move(filter), readers, std::move(leave));
}

}  // namespace stockcast
