// Loaded into the server by LD_PRELOAD: while the file named by FSYNC_FAILS_WHILE is there, every fsync and fdatasync fails
// with EIO, as on a disk that breaks. What was written may or may not be there afterwards, as in life.
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

namespace {

using Sync = int (*)(int);

int sync_or_fail(const char* name, int fd) {
    const char* flag = std::getenv("FSYNC_FAILS_WHILE");
    if (flag && ::access(flag, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    const auto real = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, name));
    return real(fd);
}

}  // namespace

extern "C" {
int fsync(int fd) {
    return sync_or_fail("fsync", fd);
}
int fdatasync(int fd) {
    return sync_or_fail("fdatasync", fd);
}
}
