// One round of the shutdown test: a runtime with work in every state, ended in one of several ways.
//
// Every started operation has a token, and each token must come back exactly once. What the host
// gave must be freed exactly once: that of the runtime last, which shows that nothing of it is
// left. A round is one thread plus those it starts.
#pragma once

#include <coord/coord.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace stress {

inline std::atomic<int> failures{0};
void failed(const char* what, const char* file, int line);
#define EXPECT(condition) \
    ((condition) ? static_cast<void>(0) : ::stress::failed(#condition, __FILE__, __LINE__))

// Something that happens a number of times, to be waited for.
class tally {
  public:
    void add() {
        const std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    void wait(std::size_t wanted) {
        std::unique_lock lock(mutex_);
        while (count_ < wanted) changed_.wait(lock);
    }
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t count_ = 0;
};

class shutdown_round {
  public:
    explicit shutdown_round(std::uint64_t seed) : random_(seed) {}
    void run();

    // States that were seen when the end began, over all rounds: the test must have met each of
    // them.
    static std::atomic<long> seen_held, seen_kept, seen_undrained, seen_in_line, seen_blocked,
        seen_cut_short;

  private:
    static constexpr std::size_t max_tokens = 64;

    // What libcoord calls.
    static void load(void* user, coord_request* request);
    static void hear(void* user, coord_event* event);
    void load_nested(coord_request* request);

    // The beginning.
    void open();
    void open_groups();
    void lend_threads(bool needed);
    void start_work();
    void start_get(coord_group* group, const std::string& key);
    void start_caller(coord_group* group, const std::string& key);
    void disturb();
    void answer_some();
    void look_at_states();

    // The end.
    void end();
    void close_runtime(bool by_context);
    void close_runtime_started(bool hurried);
    void close_groups();
    void answer_kept();
    void answer_undrained();
    void release();
    void take_polled(bool at_once);
    void free_everything();

    int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
    bool one_in(int chances) { return below(chances) == 0; }

    std::mt19937_64 random_;
    coord_runtime* runtime_ = nullptr;
    coord_queue* loads_ = nullptr;    // requests of fed_
    coord_queue* answers_ = nullptr;  // polled; null once freed early
    coord_queue* calls_ = nullptr;    // a callback queue; null once freed early
    coord_group* called_ = nullptr;   // loads by callback
    coord_group* fed_ = nullptr;      // loads by queue
    coord_context* context_ = nullptr;
    std::vector<coord_op*> ops_;
    std::vector<std::thread> callers_;
    std::vector<std::thread> lent_;

    std::array<std::atomic<int>, max_tokens> came_{};  // how often, by token
    std::size_t tokens_ = 0;
    std::vector<std::size_t> polled_;  // started on answers_
    std::vector<std::size_t> heard_;   // started on calls_
    std::size_t polled_left_ = 0;

    std::mutex mutex_;  // of the next five
    std::condition_variable released_changed_;
    bool released_ = false;  // held loaders may go on
    bool ending_ = false;    // nothing is kept any more; called_ may be gone
    bool lending_ends_ = false;
    std::vector<coord_request*> kept_;
    tally heard_events_, runtime_freed_, called_freed_, fed_freed_, calls_freed_;
    std::atomic<long> held_{0};
    std::atomic<long> blocked_{0};
};

}  // namespace stress
