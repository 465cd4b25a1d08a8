// Peers of a list, handed to the host one by one or as a picker.
#include <coord/peers.h>

#include <cstring>
#include <new>
#include <optional>
#include <vector>

#include "capi/kinds.hpp"
#include "runtime/protect.hpp"

using coord::protect;
using coord::ref;
using coord::runtime;
using coord::groupcache::http_peers;
using coord::groupcache::peer;
using coord::groupcache::peer_handle;
using coord::groupcache::picker_handle;
using coord::groupcache::reached_by;
using namespace coord::capi;

namespace {

// Null for a text that is none.
std::optional<std::string_view> text_of(const char* text, std::size_t size) noexcept {
    if (text == nullptr && size != 0) return std::nullopt;
    if (text == nullptr) return std::string_view();
    return std::string_view(text, size == COORD_NUL ? std::strlen(text) : size);
}

http_peers* living(coord_peers* of) noexcept {
    auto* const found = inside<http_peers>(of);
    return found != nullptr && !found->forked() ? found : nullptr;
}

coord_peer* handed_out(ref<peer> which, http_peers& from) noexcept {
    if (!which) return nullptr;
    const ref<runtime> owner(&from.owner());
    return hand_out<coord_peer>(ref<peer_handle>(
        new (std::nothrow) peer_handle(std::move(which), owner, reached_by::http)));
}

}  // namespace

extern "C" {

coord_peer* coord_peers_pick(coord_peers* of, const char* key, size_t key_len) {
    auto* const found = living(of);
    const auto text = text_of(key, key_len);
    return found != nullptr && text ? handed_out(found->pick(*text), *found) : nullptr;
}

coord_peer* coord_peers_find(coord_peers* of, const char* url, size_t url_len) {
    auto* const found = living(of);
    const auto text = text_of(url, url_len);
    if (found == nullptr || !text) return nullptr;
    std::vector<ref<peer>> all;
    if (!protect([&] { all = found->others(); })) return nullptr;
    for (auto& one : all)
        if (one->url() == *text) return handed_out(std::move(one), *found);
    return nullptr;
}

coord_picker* coord_peers_picker(coord_peers* of) {
    auto* const found = living(of);
    if (found == nullptr) return nullptr;
    return hand_out<coord_picker>(ref<picker_handle>(
        new (std::nothrow) picker_handle(*found, ref<runtime>(&found->owner()))));
}
}
