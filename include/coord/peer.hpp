// One other process in C++, to be asked directly: over HTTP, or over whatever way of your own.
#pragma once

#include <coord/peer_options.hpp>
#include <coord/pending.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

/// Somebody who can be asked for values. peers::pick() and peers::find() give those of a list, the
/// constructors make one of your own. Copies are the same peer. Safe from any thread.
class peer {
  public:
    /// One of your own, in the process-wide runtime or in one of yours. The url is a name for it,
    /// of any form.
    explicit peer(std::string_view url, peer_options options)
        : peer(detail::default_runtime(), url, std::move(options)) {}
    peer(const runtime& owner, std::string_view url, peer_options options)
        : peer(owner.native_handle(), url, std::move(options)) {}
    /// For the peers of a list; takes over a C handle.
    peer(coord_peer* owned, std::shared_ptr<detail::completions> completions) noexcept
        : handle_(owned), completions_(std::move(completions)) {}
    peer(const peer& other) noexcept
        : handle_(coord_peer_ref(other.native_handle())), completions_(other.completions_) {}
    peer(peer&&) noexcept = default;
    peer& operator=(peer other) noexcept {
        handle_ = std::move(other.handle_);
        completions_ = std::move(other.completions_);
        return *this;
    }
    ~peer() = default;

    /// Its url; for one of a list with the base path. Valid as long as this object, or a copy of
    /// it, lives.
    std::string_view url() const noexcept {
        std::size_t size = 0;
        const auto* text = coord_peer_url(native_handle(), &size);
        return {text, size};
    }

    /// Asks it for a value of a group, past all caches of this process. Throws what the peer failed
    /// with, `unavailable` when it could not be reached, ...
    bytes get(std::string_view group, std::string_view key, const call_options& call = {}) {
        return try_get(group, key, call).value();
    }
    result<bytes> try_get(std::string_view group,
                          std::string_view key,
                          const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_bytes* value = nullptr;
        coord_error* err = nullptr;
        const auto what = coord_peer_get(native_handle(),
                                         group.data(),
                                         group.size(),
                                         key.data(),
                                         key.size(),
                                         &native,
                                         &value,
                                         &err);
        if (what != COORD_OK) return detail::failure(what, err);
        return bytes(value);
    }
    pending<bytes> start_get(std::string_view group,
                             std::string_view key,
                             const start_options& options = {}) {
        return launch<bytes>(coord_peer_get_start, group, key, options);
    }

    /// Has it keep a value; nobody else is told. Throws `unsupported` when it is not known to take
    /// values.
    void set(std::string_view group,
             std::string_view key,
             std::string_view value,
             const value_options& keep = {},
             const call_options& call = {}) {
        try_set(group, key, value, keep, call).value();
    }
    result<void> try_set(std::string_view group,
                         std::string_view key,
                         std::string_view value,
                         const value_options& keep = {},
                         const call_options& call = {}) noexcept {
        const auto how = keep.native();
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_peer_set(native_handle(),
                                         group.data(),
                                         group.size(),
                                         key.data(),
                                         key.size(),
                                         value.data(),
                                         value.size(),
                                         &how,
                                         &native,
                                         &err);
        return detail::outcome(what, err);
    }
    pending<void> start_set(std::string_view group,
                            std::string_view key,
                            std::string_view value,
                            const value_options& keep = {},
                            const start_options& options = {}) {
        const auto how = keep.native();
        const auto start = [&](coord_peer* asked,
                               const char* its_group,
                               std::size_t group_size,
                               const char* its_key,
                               std::size_t key_size,
                               auto... rest) {
            return coord_peer_set_start(asked,
                                        its_group,
                                        group_size,
                                        its_key,
                                        key_size,
                                        value.data(),
                                        value.size(),
                                        &how,
                                        rest...);
        };
        return launch<void>(start, group, key, options);
    }

    /// Has it drop a key; nobody else is told.
    void remove(std::string_view group, std::string_view key, const call_options& call = {}) {
        try_remove(group, key, call).value();
    }
    result<void> try_remove(std::string_view group,
                            std::string_view key,
                            const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_error* err = nullptr;
        const auto what = coord_peer_remove(
            native_handle(), group.data(), group.size(), key.data(), key.size(), &native, &err);
        return detail::outcome(what, err);
    }
    pending<void> start_remove(std::string_view group,
                               std::string_view key,
                               const start_options& options = {}) {
        return launch<void>(coord_peer_remove_start, group, key, options);
    }

    /// BORROWED.
    coord_peer* native_handle() const noexcept { return handle_.get(); }

  private:
    peer(coord_runtime* owner, std::string_view url, peer_options options)
        : completions_(std::make_shared<detail::completions>(owner)) {
        const auto native = std::move(options).native();
        coord_error* err = nullptr;
        detail::check(coord_peer_new(owner, url.data(), url.size(), &native, handle_.out(), &err),
                      err);
    }

    template <class T, class Start>
    pending<T> launch(Start start,
                      std::string_view group,
                      std::string_view key,
                      const start_options& options) {
        return detail::launch<T>(*completions_,
                                 options,
                                 [&](const coord_call_options* call,
                                     coord_queue* queue,
                                     std::uint64_t token,
                                     coord_op** op,
                                     coord_error** err) {
                                     return start(native_handle(),
                                                  group.data(),
                                                  group.size(),
                                                  key.data(),
                                                  key.size(),
                                                  call,
                                                  queue,
                                                  token,
                                                  op,
                                                  err);
                                 });
    }

    detail::handle<coord_peer, coord_peer_free> handle_;
    std::shared_ptr<detail::completions> completions_;
};

}  // namespace v0
}  // namespace coord
