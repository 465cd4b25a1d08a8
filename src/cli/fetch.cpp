#include "cli/fetch.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <fmt/format.h>
#include <new>
#include <string_view>

#include "cli/guard.hpp"

namespace coord::cli {
namespace {

struct free_curl {
    void operator()(CURL* owned) const noexcept { curl_easy_cleanup(owned); }
};

struct transfer {
    std::string body;
    std::uint64_t max_bytes = 0;
    const coord_context* until = nullptr;
    bool too_large = false;
    bool no_memory = false;
};

// Called by C code, which no exception may cross.
std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* user) noexcept {
    auto& into = *static_cast<transfer*>(user);
    into.too_large = size > into.max_bytes - into.body.size();
    if (into.too_large) return 0;
    into.no_memory = true;
    catching<std::bad_alloc>([&] { into.body.append(bytes, size), into.no_memory = false; },
                             [](const std::bad_alloc&) {});
    return into.no_memory ? 0 : size;
}

int look_around(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    return coord_context_is_cancelled(static_cast<transfer*>(user)->until);
}

long milliseconds(std::int64_t nanoseconds) noexcept {
    return static_cast<long>(std::clamp<std::int64_t>(nanoseconds / 1'000'000, 1, 2'000'000'000));
}

}  // namespace

struct fetcher::impl {
    std::unique_ptr<CURL, free_curl> curl;
    char said[CURL_ERROR_SIZE] = "";

    template <class Value>
    void set(CURLoption option, Value value) noexcept {
        curl_easy_setopt(curl.get(), option, value);
    }
    void begin(const std::string& url, std::int64_t timeout_ns) noexcept {
        curl_easy_reset(curl.get());  // keeps the connection
        said[0] = '\0';
        set(CURLOPT_ERRORBUFFER, said);
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, milliseconds(timeout_ns));
        // Variables of the environment send nothing of ours elsewhere, and dots in a key are no
        // steps of a path.
        set(CURLOPT_PROXY, "");
        set(CURLOPT_PATH_AS_IS, 1L);
        set(CURLOPT_USERAGENT, "coord/0.1");
        const std::string_view scheme = std::string_view(url).substr(0, url.find(':'));
        const char* const same = scheme == "https" ? "https" : "http";
        set(CURLOPT_PROTOCOLS_STR, same);
        set(CURLOPT_REDIR_PROTOCOLS_STR, same);
    }
    std::string why(CURLcode code) const {
        return said[0] != '\0' ? said : curl_easy_strerror(code);
    }
};

fetcher::fetcher() : impl_(std::make_unique<impl>()) {
    impl_->curl.reset(curl_easy_init());
    if (!impl_->curl) throw std::bad_alloc();
}

fetcher::~fetcher() = default;

fetched fetcher::get(const std::string& url,
                     const fetch_limits& limits,
                     const coord_context* until) {
    transfer into;
    into.max_bytes = limits.max_bytes;
    into.until = until;
    impl_->begin(url, limits.timeout_ns);
    impl_->set(CURLOPT_FOLLOWLOCATION, limits.max_redirects > 0 ? 1L : 0L);
    impl_->set(CURLOPT_MAXREDIRS, limits.max_redirects);
    impl_->set(CURLOPT_WRITEFUNCTION, take_body);
    impl_->set(CURLOPT_WRITEDATA, &into);
    impl_->set(CURLOPT_NOPROGRESS, 0L);
    impl_->set(CURLOPT_XFERINFOFUNCTION, look_around);
    impl_->set(CURLOPT_XFERINFODATA, &into);
    const CURLcode code = curl_easy_perform(impl_->curl.get());

    fetched got;
    curl_easy_getinfo(impl_->curl.get(), CURLINFO_RESPONSE_CODE, &got.http_status);
    if (into.no_memory) throw std::bad_alloc();
    if (into.too_large)
        got.why = fetched::reason::too_large;
    else if (code == CURLE_OPERATION_TIMEDOUT)
        got.why = fetched::reason::timed_out;
    else if (code == CURLE_ABORTED_BY_CALLBACK)
        got.why = fetched::reason::cancelled;
    else if (code == CURLE_OK)
        got.why = fetched::reason::answered;
    got.text = code == CURLE_OK ? std::move(into.body) : impl_->why(code);
    return got;
}

std::string fetcher::connect(const std::string& url, std::int64_t timeout_ns) {
    impl_->begin(url, timeout_ns);
    impl_->set(CURLOPT_CONNECT_ONLY, 1L);
    impl_->set(CURLOPT_FRESH_CONNECT, 1L);
    const CURLcode code = curl_easy_perform(impl_->curl.get());
    return code == CURLE_OK ? std::string() : impl_->why(code);
}

void begin_fetching() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

std::string fault_of_url(const std::string& url) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), curl_url_cleanup);
    if (!parts) throw std::bad_alloc();
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        return "it must begin with http:// or https://";
    const CURLUcode code = curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0);
    return code == CURLUE_OK ? std::string() : curl_url_strerror(code);
}

}  // namespace coord::cli
