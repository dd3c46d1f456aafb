#include "durability/damage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace stockcast::test {
namespace {

namespace fs = std::filesystem;

// RocksDB's log format (db/log_format.h): blocks of records, each with CRC (4 bytes), length (2) and type (1).
constexpr std::size_t block_bytes = 32'768;
constexpr std::size_t header_bytes = 7;
constexpr unsigned char whole = 1, last_part = 4;

FileKind kind_of(const std::string& name) {
    if (!name.starts_with("rocksdb/")) return FileKind::side;
    if (name.ends_with(".log")) return FileKind::log;
    if (name.ends_with(".sst")) return FileKind::table;
    if (name.starts_with("rocksdb/MANIFEST-")) return FileKind::manifest;
    if (name.starts_with("rocksdb/OPTIONS-")) return FileKind::options;
    return name == "rocksdb/CURRENT" ? FileKind::current : FileKind::identity;
}

template <class T>
const T& one_of(const std::vector<T>& all, Random& random) {
    return all[random.below(all.size())];
}

/// A kind by chance, then one of its files: tables would drown all others.
DataFile any_file(const std::vector<DataFile>& files, Random& random) {
    std::vector<FileKind> kinds;
    for (const auto& file : files)
        if (std::ranges::count(kinds, file.kind) == 0) kinds.push_back(file.kind);
    const auto kind = one_of(kinds, random);
    std::vector<DataFile> of_kind;
    std::ranges::copy_if(files, std::back_inserter(of_kind), [&](const auto& file) { return file.kind == kind; });
    return one_of(of_kind, random);
}

std::optional<std::string> flip_a_bit(const std::string& path, Random& random) {
    auto bytes = bytes_of_file(path);
    if (bytes.empty()) return std::nullopt;
    const auto at = random.below(bytes.size());
    const auto bit = random.below(8);
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
    put_into_file(path, bytes);
    return "bit " + std::to_string(bit) + " of byte " + std::to_string(at) + " flipped";
}

std::optional<std::string> cut(const std::string& path, Random& random) {
    const auto bytes = bytes_of_file(path);
    if (bytes.empty()) return std::nullopt;
    auto ends = record_ends(bytes);
    std::erase(ends, bytes.size());
    const bool at_an_end = !ends.empty() && random.below(2) == 0;
    const auto length = at_an_end ? one_of(ends, random) : random.below(bytes.size());
    fs::resize_file(path, length);
    return "cut from " + std::to_string(bytes.size()) + " to " + std::to_string(length) + " bytes" +
           (at_an_end ? ", a record's end" : "");
}

std::optional<std::string> put_another_there(const std::string& data_dir, const DataFile& file,
                                             const std::vector<std::string>& older, Random& random) {
    const auto now = bytes_of_file(data_dir + '/' + file.name);
    auto from = older;
    from.push_back(data_dir);
    // What the same file once was is the likeliest to pass for good.
    std::vector<std::string> others, same_name;
    for (const auto& directory : from) {
        for (const auto& other : data_files(directory)) {
            const auto path = directory + '/' + other.name;
            if (other.kind != file.kind || bytes_of_file(path) == now) continue;
            (other.name == file.name ? same_name : others).push_back(path);
        }
    }
    const bool takes_same = !same_name.empty() && (others.empty() || random.below(2) == 0);
    const auto& pool = takes_same ? same_name : others;
    if (pool.empty()) return std::nullopt;
    const auto& path = one_of(pool, random);
    put_into_file(data_dir + '/' + file.name, bytes_of_file(path));
    return "replaced by " + path;
}

}  // namespace

std::string bytes_of_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void put_into_file(const std::string& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary | std::ios::trunc}.write(bytes.data(),
                                                                  static_cast<std::streamsize>(bytes.size()));
}

std::vector<DataFile> data_files(const std::string& data_dir) {
    std::vector<DataFile> files;
    for (const auto& entry : fs::recursive_directory_iterator{data_dir}) {
        const auto name = fs::relative(entry.path(), data_dir).string();
        if (entry.is_regular_file() && name != "rocksdb/LOCK") files.push_back({name, kind_of(name)});
    }
    std::ranges::sort(files, {}, &DataFile::name);
    return files;
}

std::string newest_log(const std::string& data_dir) {
    std::string newest;
    for (const auto& file : data_files(data_dir))
        if (file.kind == FileKind::log) newest = file.name;
    return newest;
}

std::vector<std::size_t> record_ends(const std::string& bytes) {
    std::vector<std::size_t> ends;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    for (std::size_t at = 0; at + header_bytes <= bytes.size();) {
        const auto left_of_block = block_bytes - at % block_bytes;
        if (left_of_block < header_bytes) {
            at += left_of_block;
            continue;
        }
        const auto type = byte(at + 6);
        at += header_bytes + byte(at + 4) + std::size_t{byte(at + 5)} * 256;
        if (type == 0 || at > bytes.size()) break;
        if (type == whole || type == last_part) ends.push_back(at);
    }
    return ends;
}

Damage damage(const std::string& data_dir, const std::vector<std::string>& older, Random& random) {
    const auto files = data_files(data_dir);
    for (;;) {
        const auto file = any_file(files, random);
        const auto path = data_dir + '/' + file.name;
        std::optional<std::string> done;
        switch (random.below(8)) {
            case 0:
            case 1:
            case 2: done = flip_a_bit(path, random); break;
            case 3:
            case 4: done = cut(path, random); break;
            case 5:
                fs::remove(path);
                done = "removed";
                break;
            default: done = put_another_there(data_dir, file, older, random); break;
        }
        if (done) return {file, *done};
    }
}

}  // namespace stockcast::test
