// The insides of the C types, by name.
#pragma once

#include "capi/handle.hpp"
#include "groupcache/group.hpp"
#include "groupcache/http_peers.hpp"
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
struct kind_of<groupcache::http_peers> {
    static constexpr auto kind = handle_kind::peers;
    static constexpr auto name = "peers";
};

}  // namespace coord::capi
