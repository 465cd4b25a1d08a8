// An answer to a peer that somebody else's server sends; coord_response is this. Immutable.
#pragma once

#include <string>

#include "base/handle.hpp"
#include "http/message.hpp"

namespace coord::groupcache {

class served_response final : public handle_object {
  public:
    // Throws bad_alloc.
    explicit served_response(http::reply from);

    int status() const noexcept { return status_; }
    const std::string& headers() const noexcept { return headers_; }
    std::string_view body() const noexcept { return body_ ? body_->value() : std::string_view(); }

  private:
    const int status_;
    std::string headers_;
    bytes_ref body_;
};

}  // namespace coord::groupcache
