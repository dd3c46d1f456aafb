#include "store/head_file.hpp"

#include "store/direct_pages.hpp"
#include "store/record_parts.hpp"
#include "store/rocks_database.hpp"

#include "stockcast/store/backup.hpp"
#include "stockcast/store/fields.hpp"

#include <utility>

namespace stockcast {
namespace {

using rocksdb::IOStatus;

using records::form_version;

enum Tag : std::uint8_t { epoch_tag = 1, begun_tag = 2, done_tag = 3 };

constexpr std::size_t pages = 3;
constexpr std::size_t length_bytes = 2;  // of the value, little-endian, in front of it
constexpr std::uint64_t done_page = 2 * DirectPages::page_bytes;

std::string path_of(const RocksSettings& settings) {
    return settings.directory + '/' + head_name;
}

DirectPages::Page page_of(const HeadMark& mark) {
    FieldWriter writer{form_version};
    writer.text(epoch_tag, mark.epoch).number(begun_tag, mark.begun).number(done_tag, mark.done);
    const auto value = writer.finish();
    DirectPages::Page page{};
    page[0] = static_cast<char>(value.size() & 0xff);
    page[1] = static_cast<char>(value.size() >> 8);
    value.copy(page.data() + length_bytes, value.size());
    return page;
}

Result<HeadMark> mark_in(std::string_view page) {
    const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(page[at])}; };
    const auto length = byte(0) | byte(1) << 8;
    if (length > page.size() - length_bytes) return Errc::store_damaged;
    auto reader = FieldReader::open(page.substr(length_bytes, length), form_version);
    if (!reader) return reader.error();
    HeadMark mark;
    const auto read = records::each_field(*reader, [&](const FieldReader::Raw& field) -> Result<void> {
        switch (field.tag) {
            case epoch_tag: return records::keep_text(field, mark.epoch);
            case begun_tag: return records::keep(FieldReader::number(field), mark.begun);
            case done_tag: return records::keep(FieldReader::number(field), mark.done);
            default: return {};
        }
    });
    if (!read) return read.error();
    return mark;
}

rocksdb::Slice slice_of_page(const DirectPages::Page& page) {
    return {page.data(), page.size()};
}

}  // namespace

IOStatus HeadFile::make(const RocksSettings& settings, const std::string& epoch, std::uint64_t done) {
    const auto disk = disk_of(settings);
    const auto draft = path_of(settings) + ".new";
    std::unique_ptr<rocksdb::FSWritableFile> file;
    auto made = disk->NewWritableFile(draft, {}, &file, nullptr);
    const auto page = page_of({.epoch = epoch, .begun = done, .done = done});
    for (std::size_t i = 0; i < pages && made.ok(); ++i) made = file->Append(slice_of_page(page), {}, nullptr);
    if (made.ok()) made = file->Fsync({}, nullptr);
    if (made.ok()) made = file->Close({}, nullptr);
    if (made.ok()) made = disk->RenameFile(draft, path_of(settings), {}, nullptr);
    std::unique_ptr<rocksdb::FSDirectory> directory;
    if (made.ok()) made = disk->NewDirectory(settings.directory, {}, &directory, nullptr);
    if (made.ok()) made = directory->Fsync({}, nullptr);
    return made;
}

IOStatus HeadFile::open(const RocksSettings& settings, const std::string& epoch, std::uint64_t done,
                        std::unique_ptr<HeadFile>& opened) {
    std::unique_ptr<HeadFile> head{new HeadFile{epoch, done}};
    const auto path = path_of(settings);
    rocksdb::FileOptions direct;
    direct.use_direct_writes = true;
    auto status = settings.file_system
                      ? settings.file_system->NewRandomRWFile(path, direct, &head->begun_page_, nullptr)
                      : DirectPages::open(path, head->begun_page_);
    if (status.ok()) status = disk_of(settings)->NewRandomRWFile(path, {}, &head->done_page_, nullptr);
    if (status.ok()) opened = std::move(head);
    return status;
}

HeadFile::~HeadFile() {
    // So that after an orderly end a power cut forgets nothing. Else it is no loss: the next batch says it again.
    if (done_page_) done_page_->Sync({}, nullptr).PermitUncheckedError();
}

IOStatus HeadFile::begin() {
    const auto page = page_of({.epoch = epoch_, .begun = next(), .done = done_});
    return begun_page_->Write(next() % 2 * DirectPages::page_bytes, slice_of_page(page), {}, nullptr);
}

void HeadFile::finish() {
    ++done_;
    const auto page = page_of({.epoch = epoch_, .begun = done_, .done = done_});
    // A disk that fails here fails the next `begin()` as well, and until then nothing wrong is known.
    done_page_->Write(done_page, slice_of_page(page), {}, nullptr).PermitUncheckedError();
}

IOStatus read_head(const RocksSettings& settings, std::vector<HeadMark>& marks) {
    std::string bytes;
    const auto read = rocksdb::ReadFileToString(disk_of(settings).get(), path_of(settings), &bytes);
    if (read.IsPathNotFound() || read.IsNotFound()) return IOStatus::OK();
    if (!read.ok()) return read;
    for (std::size_t at = 0; at + DirectPages::page_bytes <= bytes.size(); at += DirectPages::page_bytes) {
        if (auto mark = mark_in(std::string_view{bytes}.substr(at, DirectPages::page_bytes)))
            marks.push_back(*std::move(mark));
    }
    return read;
}

}  // namespace stockcast
