// Any bytes as a list of peers: no crash, the limits hold, and what comes out can be read back the
// same.
#include <string>
#include <string_view>

#include "fuzz/fuzz_target.hpp"
#include "ring/ring.hpp"

std::vector<std::string> fuzz_seeds() {
    return {
        "http://10.0.0.1:8080,http://10.0.0.2:8080",
        "http://[::1]:8080\nhttp://localhost:8080\r\n\tpeer-3",
        "a,b,c,d,e, ,,f",
        std::string(300, 'x'),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace coord::ring;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto peers = parse_peers(text);
    if (!peers) {
        require(!peers.error().message().empty());
        return 0;
    }
    require(peers->size() <= coord::limits::max_peers);
    std::string joined;
    for (const auto& each : *peers) {
        require(!each.empty() && each.find_first_of(", \t\n\r\v\f") == std::string::npos);
        joined += each + ',';
    }
    const auto again = parse_peers(joined);
    require(again && *again == *peers);
    if (peers->size() > 32) return 0;
    for (const auto chosen : {profile::v2_fnv1_md5, profile::golang_crc32, profile::v3_hostport}) {
        const ring made(*peers, 3, chosen);
        const auto* const owner = made.owner(text);
        require((owner == nullptr) == peers->empty());
    }
    return 0;
}
