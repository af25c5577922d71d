#include <napi.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arguments.h"
#include "errors.h"
#include "netlink_socket.h"
#include "netns.h"
#include "open_files.h"
#include "operation.h"
#include "packet_socket.h"
#include "socket_object.h"

namespace lvs {
namespace {

/** setsockopt takes an int, and the kernel doubles the value. */
constexpr uint32_t kMaximumBuffer = INT32_MAX / 2;

class OpenSocket final : public Operation {
 public:
  OpenSocket(Napi::Env env, std::string netns, const NetlinkSocket::Options& options)
      : Operation(env), netns_(std::move(netns)), options_(options) {}

 protected:
  void run() noexcept override {
    run_in_netns(
        netns_, [this] { socket_ = NetlinkSocket::open(options_, &failure_); }, &failure_);
  }

  Napi::Value result(Napi::Env env) override {
    if (failure_.occurred()) throw system_error(env, failure_);
    return make_socket_object(env, std::move(socket_));
  }

 private:
  const std::string netns_;
  const NetlinkSocket::Options options_;
  SystemFailure failure_;
  std::unique_ptr<NetlinkSocket> socket_;
};

class OpenFile final : public Operation {
 public:
  OpenFile(Napi::Env env, OpenFiles* files, std::string netns, std::string path, int flags)
      : Operation(env), files_(files), netns_(std::move(netns)), path_(std::move(path)), flags_(flags) {}

  ~OpenFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 protected:
  void run() noexcept override { descriptor_ = open_in_netns(netns_, path_, flags_, &failure_); }

  Napi::Value result(Napi::Env env) override {
    if (failure_.occurred()) throw system_error(env, failure_);
    const Napi::Number number = Napi::Number::New(env, descriptor_);
    files_->add(descriptor_);
    descriptor_ = -1;
    return number;
  }

 private:
  /** Belongs to the environment, which waits for its operations before it ends. */
  OpenFiles* const files_;
  const std::string netns_;
  const std::string path_;
  const int flags_;
  SystemFailure failure_;
  /** Closed with the operation unless handed over to JavaScript. */
  int descriptor_ = -1;
};

class SendFrame final : public Operation {
 public:
  SendFrame(Napi::Env env, std::string netns, uint32_t interface_index, std::vector<uint8_t> frame)
      : Operation(env),
        netns_(std::move(netns)),
        interface_index_(interface_index),
        frame_(std::move(frame)) {}

 protected:
  void run() noexcept override {
    run_in_netns(
        netns_, [this] { lvs::send_frame(interface_index_, frame_, &failure_); }, &failure_);
  }

  Napi::Value result(Napi::Env env) override {
    if (failure_.occurred()) throw system_error(env, failure_);
    return env.Undefined();
  }

 private:
  const std::string netns_;
  const uint32_t interface_index_;
  /** A copy, so that the caller may reuse its buffer. */
  const std::vector<uint8_t> frame_;
  SystemFailure failure_;
};

/** The exports of the addon; one instance per environment. */
class NetlinkAddon final : public Napi::Addon<NetlinkAddon> {
 public:
  NetlinkAddon(Napi::Env, Napi::Object exports) {
    DefineAddon(exports, {InstanceMethod<&NetlinkAddon::open_socket>("openSocket", napi_enumerable),
                          InstanceMethod<&NetlinkAddon::open_file>("openFile", napi_enumerable),
                          InstanceMethod<&NetlinkAddon::lock_file>("lockFile", napi_enumerable),
                          InstanceMethod<&NetlinkAddon::close_file>("closeFile", napi_enumerable),
                          InstanceMethod<&NetlinkAddon::send_frame>("sendFrame", napi_enumerable)});
  }

 private:
  Napi::Value open_socket(const Napi::CallbackInfo& info) {
    const Napi::Object given = read_object(info[0], "options");
    const auto integer = [&given](const char* name, uint32_t maximum) {
      return static_cast<int>(read_integer(read_property(given, name), name, maximum));
    };
    NetlinkSocket::Options options;
    options.protocol = integer("protocol", INT32_MAX);
    options.receive_buffer = integer("receiveBuffer", kMaximumBuffer);
    options.send_buffer = integer("sendBuffer", kMaximumBuffer);
    std::string netns = optional_netns(read_property(given, "netns"));
    // Opening does not block, unless a thread has to enter another namespace.
    const bool blocks = !netns.empty();
    auto operation = std::make_unique<OpenSocket>(info.Env(), std::move(netns), options);
    return blocks ? Operation::start(std::move(operation)) : Operation::run_inline(operation.get());
  }

  Napi::Value open_file(const Napi::CallbackInfo& info) {
    std::string path = read_path(info[0], "path");
    const int flags = static_cast<int>(read_integer(info[1], "flags", INT32_MAX));
    return Operation::start(
        std::make_unique<OpenFile>(info.Env(), &files_, optional_netns(info[2]), std::move(path), flags));
  }

  /** Does not block. The lock belongs to the open file: closing the descriptor releases it. */
  Napi::Value lock_file(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const int descriptor = read_descriptor(info[0]);
    if (!files_.contains(descriptor)) throw not_open(env);
    int status;
    do {
      status = flock(descriptor, LOCK_EX | LOCK_NB);
    } while (status < 0 && errno == EINTR);
    if (status < 0 && errno != EWOULDBLOCK) throw system_error(env, {errno, "flock", {}});
    return Napi::Boolean::New(env, status == 0);
  }

  void close_file(const Napi::CallbackInfo& info) {
    if (!files_.close(read_descriptor(info[0]))) throw not_open(info.Env());
  }

  Napi::Value send_frame(const Napi::CallbackInfo& info) {
    const uint32_t interface_index = read_integer(info[0], "interfaceIndex", INT32_MAX);
    const Napi::Uint8Array frame = read_uint8_array(info[1], "frame");
    std::string netns = optional_netns(info[2]);
    const size_t length = frame.ElementLength();
    if (length < kMinimumFrameBytes || length > kMaximumFrameBytes) {
      throw range_error(info.Env(), "frame must have 14 bytes to 64 KiB");
    }
    std::vector<uint8_t> bytes(frame.Data(), frame.Data() + length);
    return Operation::start(
        std::make_unique<SendFrame>(info.Env(), std::move(netns), interface_index, std::move(bytes)));
  }

  static int read_descriptor(const Napi::Value& value) {
    return static_cast<int>(read_integer(value, "descriptor", INT32_MAX));
  }

  static Napi::Error not_open(Napi::Env env) {
    return range_error(env, "descriptor must be one from openFile() that is still open");
  }

  static std::string optional_netns(const Napi::Value& value) {
    return value.IsUndefined() ? std::string() : read_path(value, "netns");
  }

  OpenFiles files_;
};

}  // namespace

NODE_API_ADDON(NetlinkAddon)

}  // namespace lvs
