#include "crowd.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <thread>

#include "node.hpp"
#include "sidecar.hpp"

namespace demo {

// One thread, with a connection to each process that it has asked.
class crowd::reader {
  public:
    reader(crowd& all, std::size_t number) : all_(all), random_(number + 1), number_(number) {
        for (const auto& address : all.quiz_.addresses)
            processes_.push_back(std::make_unique<sidecar>(address));
    }

    void run(const round& what, const std::function<void()>& seen) {
        // New keys come a few at a time, and all readers fall upon them.
        const auto range = what.to - what.from;
        const auto steps = (what.questions + 1) / 2;
        for (std::size_t i = 0; i < what.questions; ++i) {
            const auto old = range * (i / 2) / steps;
            const auto width = range * (i / 2 + 1) / steps - old;
            auto key = what.from + old + number_ % std::max<std::size_t>(width, 1);
            if (i % 2 != 0) key = what.from + random_() % (old + 1);
            if (i % 4 == 3 && what.from > 0) key = random_() % what.from;
            if (!put(key)) return;
            seen();
        }
    }

  private:
    // To any process; a process that was killed is not asked twice.
    bool put(std::size_t key) {
        auto node = random_() % processes_.size();
        while (processes_[node] == nullptr) node = (node + 1) % processes_.size();
        for (;;) {
            const auto got = processes_[node]->get(group_name, all_.quiz_.keys[key]);
            if (got) return judge(key, *got);
            if (all_.gone_ != static_cast<int>(node)) {
                all_.complain("process " + std::to_string(node + 1) + " did not answer");
                return false;
            }
            processes_[node] = nullptr;
            ++all_.moved_;
            node = (node + 1) % processes_.size();
        }
    }

    bool judge(std::size_t key, const reply& got) {
        ++all_.answers_;
        if (got.status == 200 && got.body == all_.quiz_.answers[key]) return true;
        all_.complain("'" + all_.quiz_.keys[key] + "' was answered by " +
                      std::to_string(got.status) + " '" + got.body + "', not '" +
                      all_.quiz_.answers[key] + "'");
        return false;
    }

    crowd& all_;
    std::minstd_rand random_;
    std::size_t number_;
    std::vector<std::unique_ptr<sidecar>> processes_;
};

void crowd::ask(const round& what, const std::function<void()>& seen) {
    std::vector<std::thread> threads;
    for (std::size_t number = 0; number < readers_; ++number)
        threads.emplace_back(
            [this, &what, &seen, number] { reader(*this, number).run(what, seen); });
    for (auto& thread : threads) thread.join();
}

std::string crowd::flaw() const {
    const std::lock_guard lock(mutex_);
    return flaw_;
}

void crowd::complain(const std::string& flaw) {
    const std::lock_guard lock(mutex_);
    if (flaw_.empty()) flaw_ = flaw;
}

}  // namespace demo
