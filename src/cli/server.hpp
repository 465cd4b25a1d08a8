// What `coord cache serve` is made of, from the first port to the last request.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/handles.hpp"
#include "cli/loading.hpp"
#include "cli/options.hpp"

namespace coord::cli {

class server {
  public:
    // Listens when it returns. Throws failure, and then nothing is left running.
    explicit server(const serve_options& options);

    std::string url() const { return coord_peers_self_url(peers_.get(), nullptr); }
    std::string admin() const { return coord_runtime_admin_address(runtime_.get(), nullptr); }
    std::vector<std::string> peers() const;

    std::size_t loads() const { return loads_.running(); }
    // Stops accepting, lets what runs end in time, then cancels; gives how much it cancelled.
    std::size_t stop();

  private:
    void join(const serve_options& options);
    void open_group(const serve_options& options);

    const std::int64_t stop_timeout_ns_;
    loading loads_;  // goes last: loaders use it
    runtime_handle runtime_;
    peers_handle peers_;
    group_handle group_;
};

}  // namespace coord::cli
