#include "store/head_check.hpp"

#include "store/record_parts.hpp"
#include "store/refusal.hpp"
#include "store/rocks_reader.hpp"

#include "stockcast/store/fields.hpp"
#include "stockcast/store/keys.hpp"
#include "stockcast/store/records.hpp"

#include <algorithm>

namespace stockcast {
namespace {

using records::form_version;

constexpr std::uint8_t number_tag = 1;

Result<std::uint64_t> decode_batch_number(std::string_view value) {
    auto reader = FieldReader::open(value, form_version);
    if (!reader) return reader.error();
    const auto number = reader->find(number_tag);
    if (!number) return number.error();
    return FieldReader::number(*number);
}

}  // namespace

std::string encode_batch_number(std::uint64_t number) {
    FieldWriter writer{form_version};
    writer.number(number_tag, number);
    return writer.finish();
}

Reach reach_of(const RocksSettings& settings, RocksDatabase& database) {
    Reach reach;
    std::string value;
    auto read = database.db().Get({}, database.handle(Family::meta), slice_of(keys::epoch), &value);
    if (read.ok()) {
        const auto epoch = records::decode_text(value);
        if (!epoch) throw refused_damaged(settings.directory, "its epoch: " + damage_of(value, form_version));
        reach.epoch = *epoch;
    } else if (!read.IsNotFound()) {  // without one the ledger refuses it
        throw refused_by_rocksdb(settings.directory, read);
    }

    read = database.db().Get({}, database.number_handle(), slice_of(batch_number_key), &value);
    if (read.IsNotFound()) return reach;
    if (!read.ok()) throw refused_by_rocksdb(settings.directory, read);
    const auto number = decode_batch_number(value);
    if (!number)
        throw refused_damaged(settings.directory, "the number of its last batch: " + damage_of(value, form_version));
    reach.batches = *number;
    return reach;
}

void renew_epoch(const RocksSettings& settings, RocksDatabase& database, Random& random, Reach& reach) {
    reach.epoch = random.token(16);
    const auto written = database.db().Put(durable_write(), database.handle(Family::meta), slice_of(keys::epoch),
                                           records::encode_text(reach.epoch));
    if (!written.ok()) throw refused_by_rocksdb(settings.directory, written);
}

HeadCheck::HeadCheck(const RocksSettings& settings) {
    const auto read = read_head(settings, marks_);
    if (!read.ok()) throw refused_by_rocksdb(settings.directory, read);
}

bool HeadCheck::knows(const Reach& reach) const {
    // A batch that the database holds was begun; its own page may have been torn, that of the one before it not.
    return std::ranges::any_of(
        marks_, [&](const HeadMark& mark) { return mark.epoch == reach.epoch && mark.begun + 1 >= reach.batches; });
}

std::uint64_t HeadCheck::done(const Reach& reach) const {
    std::uint64_t done = 0;
    for (const auto& mark : marks_)
        if (mark.epoch == reach.epoch) done = std::max(done, mark.done);
    return done;
}

}  // namespace stockcast
