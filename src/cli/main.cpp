// coord: libcoord for the command line, and for services that speak HTTP only.
//
// It knows the library by its public headers alone.
#include <exception>
#include <fcntl.h>
#include <unistd.h>

#include "cli/command_line.hpp"
#include "cli/failure.hpp"
#include "cli/guard.hpp"
#include "cli/output.hpp"

namespace {

// Where one is closed the next socket would take its number, and be written to.
void keep_standard_descriptors() {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
        if (::fcntl(number, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

}  // namespace

int main(int count, char** words) {
    using namespace coord::cli;
    keep_standard_descriptors();
    auto code = exit_code::failed;
    const auto run = [&] { code = run_command_line(count, words); };
    const auto tell = [&](const failure& what) {
        complain(what.what());
        code = what.code();
    };
    catching<std::exception>([&] { catching<failure>(run, tell); },
                             [](const std::exception& what) { complain(what.what()); });
    return static_cast<int>(code);
}
