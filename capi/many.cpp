#include <coord/many.h>

#include "capi/kinds.hpp"

using coord::groupcache::many;
using namespace coord::capi;

namespace {

const many* inside_at(const coord_many* pointer, std::size_t i) noexcept {
    const many* const found = inside<many>(pointer);
    return found != nullptr && i < found->count() ? found : nullptr;
}

}  // namespace

extern "C" {

size_t coord_many_count(const coord_many* of) {
    const many* const found = inside<many>(of);
    return found != nullptr ? found->count() : 0;
}

coord_status coord_many_status(const coord_many* of, size_t i) {
    const many* const found = inside_at(of, i);
    return found != nullptr ? found->why(i).status() : COORD_INVALID_ARGUMENT;
}

const char* coord_many_key(const coord_many* of, size_t i, size_t* len) {
    const many* const found = inside_at(of, i);
    const auto key = found != nullptr ? found->key(i) : std::string_view("");
    if (len != nullptr) *len = key.size();
    return key.data();
}

const coord_error* coord_many_error(const coord_many* of, size_t i) {
    const many* const found = inside_at(of, i);
    return found != nullptr ? reinterpret_cast<const coord_error*>(found->why(i).info()) : nullptr;
}

void coord_many_free(coord_many* of) {
    drop_reference<many>(of);
}
}
