// The insides of the C types, by name.
#pragma once

#include "capi/handle.hpp"
#include "groupcache/flight_handle.hpp"
#include "groupcache/group.hpp"
#include "groupcache/http_peers.hpp"
#include "groupcache/peer_handle.hpp"
#include "groupcache/picker_handle.hpp"
#include "groupcache/served_response.hpp"
#include "ring/placer.hpp"
#include "runtime/runtime.hpp"

namespace coord::capi {

template <>
struct kind_of<context> {
    static constexpr auto kind = handle_kind::context;
    static constexpr auto name = "context";
};
template <>
struct kind_of<runtime> {
    static constexpr auto kind = handle_kind::runtime;
    static constexpr auto name = "runtime";
};
template <>
struct kind_of<queue> {
    static constexpr auto kind = handle_kind::queue;
    static constexpr auto name = "queue";
};
template <>
struct kind_of<operation> {
    static constexpr auto kind = handle_kind::operation;
    static constexpr auto name = "operation";
};
template <>
struct kind_of<request> {
    static constexpr auto kind = handle_kind::request;
    static constexpr auto name = "request";
};
template <>
struct kind_of<groupcache::group> {
    static constexpr auto kind = handle_kind::group;
    static constexpr auto name = "group";
};
template <>
struct kind_of<groupcache::flight_handle> {
    static constexpr auto kind = handle_kind::flight;
    static constexpr auto name = "flight";
};
template <>
struct kind_of<groupcache::many> {
    static constexpr auto kind = handle_kind::many;
    static constexpr auto name = "many";
};
template <>
struct kind_of<groupcache::http_peers> {
    static constexpr auto kind = handle_kind::peers;
    static constexpr auto name = "peers";
};
template <>
struct kind_of<groupcache::peer_handle> {
    static constexpr auto kind = handle_kind::peer;
    static constexpr auto name = "peer";
};
template <>
struct kind_of<groupcache::picker_handle> {
    static constexpr auto kind = handle_kind::picker;
    static constexpr auto name = "picker";
};
template <>
struct kind_of<groupcache::served_response> {
    static constexpr auto kind = handle_kind::response;
    static constexpr auto name = "response";
};
template <>
struct kind_of<ring::placer> {
    static constexpr auto kind = handle_kind::ring;
    static constexpr auto name = "ring";
};

}  // namespace coord::capi
