#pragma once

#include <string>
#include <utility>
#include <vector>

namespace stockcast::test {

/// A store that a shop has used for long, as a killed server leaves it: products, changes, logs of all kinds, floors and
/// anchors, tables of several levels, two logs that are still needed. Made below `directory`, which exists, once and for
/// all that read it there afterwards.
class SampleStore {
public:
    explicit SampleStore(std::string directory) : directory_(std::move(directory)) {}
    void make() const;

    std::string data_dir() const { return directory_ + "/data"; }
    /// The same one at earlier moments.
    std::vector<std::string> older() const;

private:
    std::string directory_;
};

}  // namespace stockcast::test
