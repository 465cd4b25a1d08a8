// Owners of the C API's handles.
#pragma once

#include <coord/coord.h>

#include <memory>

namespace coord::cli {

template <auto Free>
struct freed_by {
    template <class Handle>
    void operator()(Handle* owned) const noexcept {
        Free(owned);
    }
};

using bytes_handle = std::unique_ptr<coord_bytes, freed_by<coord_bytes_free>>;
using context_handle = std::unique_ptr<coord_context, freed_by<coord_context_free>>;
using error_handle = std::unique_ptr<coord_error, freed_by<coord_error_free>>;
using group_handle = std::unique_ptr<coord_group, freed_by<coord_group_free>>;
using peers_handle = std::unique_ptr<coord_peers, freed_by<coord_peers_free>>;
using runtime_handle = std::unique_ptr<coord_runtime, freed_by<coord_runtime_free>>;

}  // namespace coord::cli
