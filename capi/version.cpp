#include <coord/version.h>

#include <cstring>
#include <string_view>

extern "C" {

uint32_t coord_version(void) {
    return COORD_VERSION;
}

int32_t coord_has_feature(const char* name, size_t name_len) {
    if (name == nullptr) return 0;
    const std::string_view asked(name, name_len == COORD_NUL ? std::strlen(name) : name_len);
    return asked == "groupcache" || asked == "ring" ? 1 : 0;
}
}
