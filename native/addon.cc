#include <fcntl.h>
#include <unistd.h>

#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "arguments.h"
#include "guarded.h"
#include "netlink_socket.h"
#include "netns.h"
#include "open_files.h"
#include "operation.h"
#include "socket_object.h"
#include "system_error.h"

namespace lvs {
namespace {

/** setsockopt takes an int, and the kernel doubles it. */
constexpr uint32_t kMaximumBuffer = INT32_MAX / 2;

class OpenSocket final : public Operation {
 public:
  OpenSocket(std::string netns, const NetlinkSocket::Options& options) noexcept
      : netns_(std::move(netns)), options_(options) {}

 protected:
  void run() noexcept override {
    run_in_netns(
        netns_, [this] { socket_ = NetlinkSocket::open(options_, &failure_); }, &failure_);
  }

  napi_value result(napi_env env, napi_value* error) override {
    if (!failure_.occurred()) return make_socket_object(env, std::move(socket_));
    *error = system_error(env, failure_);
    return nullptr;
  }

 private:
  const std::string netns_;
  const NetlinkSocket::Options options_;
  SystemFailure failure_;
  std::shared_ptr<NetlinkSocket> socket_;
};

class OpenFile final : public Operation {
 public:
  OpenFile(std::string netns, std::string path, int flags) noexcept
      : netns_(std::move(netns)), path_(std::move(path)), flags_(flags) {}

  ~OpenFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 protected:
  void run() noexcept override { descriptor_ = open_in_netns(netns_, path_, flags_, &failure_); }

  napi_value result(napi_env env, napi_value* error) override {
    if (failure_.occurred()) {
      *error = system_error(env, failure_);
      return nullptr;
    }
    napi_value number;
    OpenFiles* files = OpenFiles::of(env);
    if (files == nullptr || !succeeded(env, napi_create_int32(env, descriptor_, &number))) return nullptr;
    files->add(descriptor_);
    descriptor_ = -1;
    return number;
  }

 private:
  const std::string netns_;
  const std::string path_;
  const int flags_;
  SystemFailure failure_;
  /** Closed with the operation unless JavaScript got it. */
  int descriptor_ = -1;
};

bool read_buffer_size(napi_env env, napi_value options, const char* name, int* size) noexcept {
  napi_value value;
  uint32_t number;
  if (!read_property(env, options, name, &value) ||
      !read_integer(env, value, name, kMaximumBuffer, &number)) {
    return false;
  }
  *size = static_cast<int>(number);
  return true;
}

napi_value open_socket(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  if (!arguments.valid()) return nullptr;
  const napi_value given = arguments[0];
  NetlinkSocket::Options options;
  napi_value value;
  uint32_t protocol;
  std::string netns;
  if (!check_object(env, given, "options") || !read_property(env, given, "protocol", &value) ||
      !read_integer(env, value, "protocol", INT32_MAX, &protocol) ||
      !read_buffer_size(env, given, "receiveBuffer", &options.receive_buffer) ||
      !read_buffer_size(env, given, "sendBuffer", &options.send_buffer) ||
      !read_property(env, given, "netns", &value)) {
    return nullptr;
  }
  if (!is_undefined(env, value) && !read_path(env, value, "netns", &netns)) return nullptr;
  options.protocol = static_cast<int>(protocol);
  return Operation::start(env, std::make_unique<OpenSocket>(std::move(netns), options));
}

napi_value open_file(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  std::string path;
  std::string netns;
  uint32_t flags;
  if (!arguments.valid() || !read_path(env, arguments[0], "path", &path) ||
      !read_integer(env, arguments[1], "flags", INT32_MAX, &flags) ||
      (arguments.given(2) && !read_path(env, arguments[2], "netns", &netns))) {
    return nullptr;
  }
  return Operation::start(env, std::make_unique<OpenFile>(std::move(netns), std::move(path), int(flags)));
}

napi_value close_file(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  uint32_t descriptor;
  if (!arguments.valid() || !read_integer(env, arguments[0], "descriptor", INT32_MAX, &descriptor))
    return nullptr;
  OpenFiles* files = OpenFiles::of(env);
  if (files != nullptr && !files->close(static_cast<int>(descriptor))) {
    range_error(env, "descriptor must be one from openFile() that is still open");
  }
  return nullptr;
}

napi_property_descriptor function(const char* name, napi_callback callback) noexcept {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
}

}  // namespace
}  // namespace lvs

NAPI_MODULE_INIT() {
  const napi_property_descriptor properties[] = {
      lvs::function("openSocket", lvs::guarded<lvs::open_socket>),
      lvs::function("openFile", lvs::guarded<lvs::open_file>),
      lvs::function("closeFile", lvs::guarded<lvs::close_file>),
  };
  if (!lvs::succeeded(env, napi_define_properties(env, exports, std::size(properties), properties)) ||
      !lvs::OpenFiles::install(env)) {
    return nullptr;
  }
  return exports;
}
