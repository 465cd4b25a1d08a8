// The admin endpoint of a runtime: keys, owners, statistics, health and metrics over HTTP, for
// people, for monitoring, and for programs in any language on the same machine.
//
// Off unless asked for. Who reaches its port can read and remove everything.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/server.hpp"
#include "runtime/attachment.hpp"
#include "runtime/runtime.hpp"

namespace coord::admin {

enum class reach { loopback, everywhere };

class endpoint final : public attachment {
  public:
    // To be attached to `of`, whose io threads serve it. Fails as http::server::listen does.
    static result<std::unique_ptr<endpoint>> start(runtime& of,
                                                   std::string_view address,
                                                   reach allowed);
    ~endpoint() override;

    const std::string& address() const noexcept override { return server_->address(); }
    void end(time_point deadline, context* until) override;
    void cut() noexcept override;

  private:
    endpoint(clock& time, std::unique_ptr<http::server> listening) noexcept;

    clock& time_;
    const std::unique_ptr<http::server> server_;
};

}  // namespace coord::admin
