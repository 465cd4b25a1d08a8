// HTTP messages as the host gives them.
#pragma once

#include <coord/http.h>

#include "runtime/request.hpp"

namespace coord::capi {

// Views into what the host holds. What belongs to the other kind of message has to be left out.
result<message_view> read_request(const coord_http_message* given);
result<message_view> read_response(const coord_http_message* given);

}  // namespace coord::capi
