// A PEER_ERROR request: the owner of a key gave nothing, and the host decides what follows.
#pragma once

#include "groupcache/flight.hpp"

struct coord_request;

namespace coord::groupcache {

class peer_error final : public request {
  public:
    // Who decides: a callback on a worker or lent thread, or whoever drains a queue.
    struct handler {
        void (*call)(void* user, ::coord_request* request) = nullptr;
        void* user = nullptr;
        queue* requests = nullptr;  // instead of call
        std::uint64_t token = 0;
    };
    // False when memory is short, or the queue closed: nobody was asked.
    static bool post(flight& about,
                     peer_answer::fault fault,
                     const error& why,
                     const handler& to) noexcept;

    request_kind which() const noexcept override { return request_kind::peer_error; }
    load_frame frame(const load_frame* outer) const noexcept override {
        return about_->frame(outer);
    }
    std::size_t count() const noexcept override { return 1; }
    std::string_view key(std::size_t item) const noexcept override { return about_->key(item); }
    std::string_view group_name() const noexcept override { return about_->group_name(); }
    context* work_context() noexcept override { return about_->work_context(); }
    const error_info* failure() const noexcept override { return why_.info(); }
    std::string_view peer_url() const noexcept override { return about_->asks->url(); }
    result<> set(std::size_t, std::string_view, const value_terms&) noexcept override;
    result<> set_error(std::size_t item, error why) noexcept override;
    bool is_answered() const noexcept override { return true; }

    void succeed() noexcept override;
    void fail(error why) noexcept override;
    void decide_by_default() noexcept override;

  private:
    struct call_task final : task {
        explicit call_task(peer_error& of) noexcept : me(of) {}
        void run() noexcept override;
        void discard() noexcept override;
        peer_error& me;
    };
    peer_error(flight& about,
               peer_answer::fault fault,
               const error& why,
               const handler& to) noexcept;
    void taken() noexcept override { intrusive_ptr_release(this); }
    bool offer() noexcept;
    // The host's reference goes with it.
    ref<flight> end() noexcept;

    const ref<flight> about_;
    const peer_answer::fault fault_;
    const error why_;
    const handler to_;
    error set_error_;  // by a setter; COORD_OK = none
    call_task task_{*this};
};

}  // namespace coord::groupcache
