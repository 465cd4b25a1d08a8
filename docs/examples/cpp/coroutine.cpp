// Coroutines: what was started is awaited, here on the thread that drains a queue.
#include <coord/coord.hpp>

#include <coroutine>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

struct detached {  // bring a task type of your own (Asio, cppcoro, Folly); libcoord has none
    struct promise_type {
        detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

detached show(coord::group& pages, coord::queue& loop, bool& done) {
    try {
        auto page = co_await pages.start_get("index", {.timeout = 1min, .queue = &loop});
        std::cout << page.size() << " bytes\n";
        co_await pages.start_get("missing", {.timeout = 1min, .queue = &loop});
    } catch (const coord::error& why) {
        std::cout << coord::to_string(why.status()) << ": " << why.what() << '\n';
    }
    done = true;
}

int main() {
    coord::runtime runtime;
    coord::queue loop(runtime);  // without one, coroutines go on on a thread of the runtime
    coord::group pages(
        runtime,
        "pages",
        {.max_bytes = 1 << 20, .load = [](std::string_view key, const coord::context&) {
             if (key == "missing") throw coord::error(coord::status::not_found, "no such page");
             return "<html>" + std::string(key) + "</html>";
         }});

    bool done = false;
    show(pages, loop, done);
    while (!done) loop.run_one();
    runtime.close({.timeout = 5s});  // waits for what is open
}
