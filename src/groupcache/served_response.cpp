#include "groupcache/served_response.hpp"

#include <new>
#include <utility>

namespace coord::groupcache {
namespace {

bytes_ref whole_body(http::reply& of) {
    if (of.status == 204 || of.status == 304) return nullptr;
    if (of.value && of.before.empty() && of.after.empty()) return std::move(of.value);
    std::string text = std::move(of.before);
    text.reserve(text.size() + (of.value ? of.value->value().size() : 0) + of.after.size());
    if (of.value) text.append(of.value->value());
    text.append(of.after);
    if (text.empty()) return nullptr;
    bytes_ref made(bytes::make(text), false);
    if (!made) throw std::bad_alloc();
    return made;
}

}  // namespace

served_response::served_response(http::reply from)
    : handle_object(handle_kind::response), status_(from.status) {
    if (from.content_type != nullptr)
        headers_.append("Content-Type: ").append(from.content_type).append("\r\n");
    if (from.fixed_headers != nullptr) headers_.append(from.fixed_headers);
    headers_.append(from.headers);
    body_ = whole_body(from);
}

}  // namespace coord::groupcache
