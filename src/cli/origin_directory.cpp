// Values are the files below a directory; a key is the path of one. The kernel sees to it that no
// path leaves the directory, by dots or by links.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/descriptor.hpp"
#include "cli/failure.hpp"
#include "cli/origin.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

int open_beneath(int directory, const char* path) noexcept {
    open_how how{};
    // Not blocking: a fifo would wait for its writer.
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    // Something was renamed above it meanwhile: EAGAIN.
    for (int attempt = 0; attempt < 8; ++attempt) {
        const auto opened = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (opened >= 0) return static_cast<int>(opened);
        if (errno != EAGAIN && errno != EINTR) break;
    }
    return -1;
}

// Leaving the directory is no different from asking for what is not there.
bool means_not_found(int error) noexcept {
    return error == ENOENT || error == ENOTDIR || error == EXDEV || error == ELOOP ||
           error == ENAMETOOLONG || error == ENXIO;
}

class directory_origin final : public origin {
  public:
    directory_origin(const std::string& path, const origin_limits& limits) : limits_(limits) {
        directory_ = descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const int self = directory_.get() < 0 ? -1 : open_beneath(directory_.get(), ".");
        const descriptor probe(self);
        if (self < 0)
            throw failure(
                exit_code::failed,
                fmt::format("--origin-dir: {}: {}", printable(path), std::strerror(errno)));
    }

    loaded load(std::string_view key, const coord_context* until) override {
        if (key.find('\0') != std::string_view::npos) return not_found();
        const std::string path(key);
        const descriptor file(open_beneath(directory_.get(), path.c_str()));
        if (file.get() < 0) return means_not_found(errno) ? not_found() : failed(errno);
        struct stat about {};
        if (::fstat(file.get(), &about) != 0) return failed(errno);
        if (!S_ISREG(about.st_mode)) return not_found();
        const auto size = static_cast<std::uint64_t>(std::max<off_t>(about.st_size, 0));
        if (size > limits_.max_value_bytes) return too_large(limits_);
        return read_all(file.get(), size, until);
    }

  private:
    static loaded not_found() { return {COORD_NOT_FOUND, "no such file"}; }
    static loaded failed(int error) { return {COORD_HOST_FAILED, std::strerror(error)}; }

    loaded read_all(int file, std::uint64_t size, const coord_context* until) const {
        loaded value;
        std::size_t have = 0;
        while (true) {
            if (coord_context_is_cancelled(until) != 0) return too_slow(limits_);
            // One byte more than expected, to see its end, or that it grew.
            value.bytes.resize(std::max<std::size_t>(have + 1, static_cast<std::size_t>(size) + 1));
            const auto got = ::read(file, value.bytes.data() + have, value.bytes.size() - have);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return failed(errno);
            have += static_cast<std::size_t>(got);
            if (have > limits_.max_value_bytes) return too_large(limits_);
            if (got == 0) break;
            if (have == value.bytes.size()) size = have + 65'536;
        }
        value.bytes.resize(have);
        return value;
    }

    const origin_limits limits_;
    descriptor directory_;
};

}  // namespace

std::unique_ptr<origin> make_directory_origin(const std::string& path,
                                              const origin_limits& limits) {
    return std::make_unique<directory_origin>(path, limits);
}

}  // namespace coord::cli
