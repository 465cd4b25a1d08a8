#include "groupcache/wire_set.hpp"

#include <array>
#include <google/protobuf/io/coded_stream.h>
#include <groupcache.pb.h>
#include <limits>
#include <utility>

namespace coord::groupcache::wire {
namespace {

using google::protobuf::io::CodedOutputStream;

// As in wire_value.cpp: nothing of it nests, and unknown fields of peers have to be shallow.
constexpr int max_nesting = 4;

constexpr std::uint8_t group_tag = 0x0A;
constexpr std::uint8_t key_tag = 0x12;
constexpr std::uint8_t value_tag = 0x1A;
constexpr std::uint8_t expire_tag = 0x20;

void append_number(std::string& to, std::uint8_t tag, std::uint64_t number) {
    std::array<std::uint8_t, 11> room{tag};
    const auto* const end = CodedOutputStream::WriteVarint64ToArray(number, room.data() + 1);
    to.append(reinterpret_cast<const char*>(room.data()),
              static_cast<std::size_t>(end - room.data()));
}

void append_text(std::string& to, std::uint8_t tag, std::string_view text) {
    append_number(to, tag, text.size());
    to.append(text);
}

}  // namespace

std::string set_body(std::string_view group, const bytes& entry) {
    constexpr std::size_t tags_and_sizes = 64;
    std::string body;
    body.reserve(tags_and_sizes + group.size() + entry.key().size() + entry.value().size());
    append_text(body, group_tag, group);
    append_text(body, key_tag, entry.key());
    append_text(body, value_tag, entry.value());
    append_number(body, expire_tag, static_cast<std::uint64_t>(entry.expire_unix_ns()));
    return body;
}

std::optional<set_reading> read_set(std::string_view body) {
    if (body.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return std::nullopt;
    SetRequest message;
    google::protobuf::io::CodedInputStream from(reinterpret_cast<const std::uint8_t*>(body.data()),
                                                static_cast<int>(body.size()));
    from.SetRecursionLimit(max_nesting);
    if (!message.ParseFromCodedStream(&from) || !from.ConsumedEntireMessage()) return std::nullopt;
    if (!message.has_group() || !message.has_key()) return std::nullopt;
    return set_reading{std::move(*message.mutable_group()),
                       std::move(*message.mutable_key()),
                       std::move(*message.mutable_value()),
                       message.expire()};
}

}  // namespace coord::groupcache::wire
