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
            if (!put(key, any_process())) return;
            seen();
        }
    }

    void run(const std::vector<std::size_t>& keys, const std::stop_token& enough) {
        while (!enough.stop_requested())
            if (!put(keys[random_() % keys.size()], any_process())) return;
        for (std::size_t node = 0; node < processes_.size(); ++node)
            if (!put(keys[number_ % keys.size()], node)) return;
    }

  private:
    std::size_t any_process() { return random_() % processes_.size(); }

    // To this process; one that was killed is not asked twice.
    bool put(std::size_t key, std::size_t node) {
        while (processes_[node] == nullptr) node = (node + 1) % processes_.size();
        const auto before = all_.corrections_[key].load();
        for (;;) {
            const auto got = processes_[node]->get(group_name, all_.quiz_.keys[key]);
            if (got) return judge(key, before, *got);
            if (all_.gone_ != static_cast<int>(node)) {
                all_.complain("process " + std::to_string(node + 1) + " did not answer");
                return false;
            }
            processes_[node] = nullptr;
            ++all_.moved_;
            node = (node + 1) % processes_.size();
        }
    }

    // `before` is how far its correction was when the question began.
    bool judge(std::size_t key, correcting before, const reply& got) {
        const auto& first = all_.quiz_.answers[key];
        const auto corrected = first + std::string(correction);
        const bool insists = before == correcting::done;
        const bool may_be_corrected = all_.corrections_[key] != correcting::no;
        ++all_.answers_;
        if (insists) ++all_.insisted_;
        if (got.status == 200 && !insists && got.body == first) return true;
        if (got.status == 200 && may_be_corrected && got.body == corrected) return true;
        all_.complain("'" + all_.quiz_.keys[key] + "' was answered by " +
                      std::to_string(got.status) + " '" + got.body + "', not '" +
                      (insists ? corrected : first) + "'");
        return false;
    }

    crowd& all_;
    std::minstd_rand random_;
    std::size_t number_;
    std::vector<std::unique_ptr<sidecar>> processes_;
};

void crowd::ask(const round& what, const std::function<void()>& seen) {
    send_all([&](reader& one) { one.run(what, seen); });
}

void crowd::ask_about(const std::vector<std::size_t>& keys, const std::stop_token& enough) {
    send_all([&](reader& one) { one.run(keys, enough); });
}

void crowd::send_all(const std::function<void(reader&)>& errand) {
    std::vector<std::thread> threads;
    for (std::size_t number = 0; number < readers_; ++number)
        threads.emplace_back([this, &errand, number] {
            reader one(*this, number);
            errand(one);
        });
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
