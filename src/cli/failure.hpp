// Why a command ends early: thrown anywhere, told by main in one line.
#pragma once

#include <coord/error.h>

#include <exception>
#include <string>
#include <string_view>

#include "cli/exit_code.hpp"

namespace coord::cli {

class failure : public std::exception {
  public:
    failure(exit_code code, std::string text) : code_(code), text_(std::move(text)) {}
    const char* what() const noexcept override { return text_.c_str(); }
    exit_code code() const noexcept { return code_; }

  private:
    exit_code code_;
    std::string text_;
};

// "not_found: no such user (peers: http 404 from http://10.0.0.1:8001)". `why` may be NULL.
std::string describe(coord_status what, const coord_error* why);

// The exit code of a verb that asked peers.
exit_code code_of_answer(coord_status what, const coord_error* why) noexcept;

// While something is being set up: throws unless `what` is COORD_OK. Takes over `owned`; options of
// the C API are called by the names they have on the command line.
void check_setup(coord_status what, coord_error* owned);

}  // namespace coord::cli
