// The readers of the demo: threads that ask the processes of the cluster for results, and compare
// each answer with the right one.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace demo {

// What is known before anybody asks; all of it stays as it is.
struct quiz {
    std::vector<std::string> keys;
    std::vector<std::string> answers;    // computed by the demo itself, not by the cluster
    std::vector<std::string> addresses;  // of the processes
};

// Each reader asks so many questions about keys [from, to). Every second one is about a new key, so
// that in the end each is asked about, the others about keys that others asked about before; half
// of these about [0, from), where there are any.
struct round {
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t questions = 0;
};

class crowd {
  public:
    crowd(const quiz& about, std::size_t readers)
        : quiz_(about), readers_(readers), corrections_(about.keys.size()) {}

    // Returns when all is asked. `seen` is called after each answer, by any reader.
    void ask(const round& what, const std::function<void()>& seen);
    // Each reader asks about any of these keys until it is enough, and then every process about one
    // of them.
    void ask_about(const std::vector<std::size_t>& keys, const std::stop_token& enough);
    // From now on the corrected answer is right too.
    void expect_correction(std::size_t key) noexcept { corrections_[key] = correcting::begun; }
    // Who asks from now on must get the corrected answer.
    void insist_on_correction(std::size_t key) noexcept { corrections_[key] = correcting::done; }
    // From now on nobody wonders that this process is gone.
    void expect_end_of(std::size_t node) noexcept { gone_ = static_cast<int>(node); }

    std::size_t answers() const noexcept { return answers_; }
    // Questions that began when only the corrected answer was right.
    std::size_t insisted() const noexcept { return insisted_; }
    // Questions that had to be put to another process, because the one asked first was gone.
    std::size_t moved() const noexcept { return moved_; }
    // What went wrong first; empty when nothing did.
    std::string flaw() const;

  private:
    class reader;
    enum class correcting : unsigned char { no, begun, done };
    void send_all(const std::function<void(reader&)>& errand);
    void complain(const std::string& flaw);

    const quiz& quiz_;
    std::size_t readers_;
    std::vector<std::atomic<correcting>> corrections_;  // of each key
    std::atomic<int> gone_{-1};
    std::atomic<std::size_t> answers_{0};
    std::atomic<std::size_t> insisted_{0};
    std::atomic<std::size_t> moved_{0};
    mutable std::mutex mutex_;
    std::string flaw_;
};

}  // namespace demo
