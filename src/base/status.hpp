// Names of status codes, as people and other processes see them.
#pragma once

#include <coord/status.h>

namespace coord {

// "not_found"; "unknown" for a number that means nothing here.
const char* status_name(coord_status status) noexcept;

}  // namespace coord
