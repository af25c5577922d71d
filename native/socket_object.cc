#include "socket_object.h"

#include "arguments.h"
#include "guarded.h"
#include "operation.h"
#include "system_error.h"

namespace lvs {
namespace {

/** What a socket object wraps: its share of the socket, given up by close(). An exchange holds another. */
struct Handle {
  std::shared_ptr<NetlinkSocket> socket;
};

/** Tells our objects from others that a method might be called on. */
constexpr napi_type_tag kTag = {0x6c76735f6e65746c, 0x9d0c4e0f6a3b4f71};

constexpr const char* kStateNames[] = {"complete", "full", "unanswered", "overrun", "truncated", "failed"};

void finalize(napi_env, void* data, void*) noexcept { delete static_cast<Handle*>(data); }

/** Null with an exception pending when `object` is not ours. */
Handle* handle_of(napi_env env, napi_value object) noexcept {
  bool ours = false;
  void* data = nullptr;
  const napi_status status = napi_check_object_type_tag(env, object, &kTag, &ours);
  if (status == napi_object_expected || (status == napi_ok && !ours)) {
    type_error(env, "this must be a socket from openSocket()");
    return nullptr;
  }
  if (!succeeded(env, status) || !succeeded(env, napi_unwrap(env, object, &data))) return nullptr;
  return static_cast<Handle*>(data);
}

class Exchange final : public Operation {
 public:
  Exchange(std::shared_ptr<NetlinkSocket> socket, ExchangeRequest request) noexcept
      : socket_(std::move(socket)), request_(std::move(request)) {}

 protected:
  void run() noexcept override { report_ = socket_->exchange(request_); }

  napi_value result(napi_env env, napi_value*) override {
    napi_value object;
    if (!succeeded(env, napi_create_object(env, &object))) return nullptr;
    const bool complete =
        set(env, object, "state", napi_create_string_utf8, state(), NAPI_AUTO_LENGTH) &&
        set(env, object, "datagram", napi_create_uint32, report_.datagram) &&
        set(env, object, "awaiting", napi_get_boolean, report_.awaiting) &&
        set(env, object, "received", napi_create_int64, int64_t(report_.received)) &&
        set(env, object, "errno", napi_create_int32, report_.error) &&
        set(env, object, "syscall", napi_create_string_utf8, report_.syscall, NAPI_AUTO_LENGTH) &&
        set(env, object, "sends", napi_create_uint32, report_.sends) &&
        set(env, object, "receives", napi_create_uint32, report_.receives);
    return complete ? object : nullptr;
  }

 private:
  const char* state() const noexcept { return kStateNames[static_cast<size_t>(report_.state)]; }

  template <typename Create, typename... Values>
  static bool set(napi_env env, napi_value object, const char* name, Create create,
                  Values... values) noexcept {
    napi_value value;
    return succeeded(env, create(env, values..., &value)) &&
           succeeded(env, napi_set_named_property(env, object, name, value));
  }

  const std::shared_ptr<NetlinkSocket> socket_;
  const ExchangeRequest request_;
  ExchangeReport report_;
};

/**
 * Takes the datagrams apart. The kernel would silently ignore what follows a malformed message
 * (netlink_rcv_skb, af_netlink.c), and with it the message whose answer is waited for.
 */
bool read_datagrams(napi_env env, const ArrayView& bytes, const ArrayView& ends, uint32_t count,
                    ExchangeRequest* request) {
  const auto* const end_of = static_cast<const uint32_t*>(ends.data);
  size_t begin = request->first == 0 ? 0 : end_of[request->first - 1];
  request->datagrams.reserve(count - request->first);
  for (uint32_t i = request->first; i < count; ++i) {
    const size_t end = end_of[i];
    const auto at = [i](const char* name) { return name + ("[" + std::to_string(i) + "]"); };
    if (end <= begin || end > bytes.length) {
      return range_error(env, at("ends") + " must lie above the end before it and within datagrams");
    }
    Datagram datagram{static_cast<const uint8_t*>(bytes.data) + begin, end - begin};
    if (!find_last_sequence(&datagram)) {
      return range_error(env, at("datagrams") + " must be whole netlink messages");
    }
    request->datagrams.push_back(datagram);
    begin = end;
  }
  return true;
}

bool read_request(napi_env env, const Arguments& arguments, ExchangeRequest* request) {
  ArrayView datagrams;
  ArrayView ends;
  ArrayView replies;
  uint32_t count;
  if (!read_array(env, arguments[0], napi_uint8_array, "datagrams", &datagrams) ||
      !read_array(env, arguments[1], napi_uint32_array, "ends", &ends) ||
      !read_integer(env, arguments[2], "count", UINT32_MAX, &count) ||
      !read_integer(env, arguments[3], "first", UINT32_MAX, &request->first) ||
      !read_boolean(env, arguments[4], "awaiting", &request->awaiting) ||
      !read_array(env, arguments[5], napi_uint8_array, "replies", &replies)) {
    return false;
  }
  if (count > ends.length) return range_error(env, "count must be at most the length of ends");
  if (request->first > count) return range_error(env, "first must be at most count");
  if (request->awaiting && request->first == count) {
    return range_error(env, "first must be below count while awaiting");
  }
  if (replies.length < kMinimumReplyBytes) return range_error(env, "replies must have at least 64 KiB");
  request->replies = static_cast<uint8_t*>(replies.data);
  request->replies_length = replies.length;
  return read_datagrams(env, datagrams, ends, count, request);
}

napi_value exchange(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  if (!arguments.valid()) return nullptr;
  Handle* handle = handle_of(env, arguments.self());
  ExchangeRequest request;
  if (handle == nullptr || !read_request(env, arguments, &request)) return nullptr;
  if (handle->socket == nullptr) {
    return rejected(env, coded_error(env, "ERR_SOCKET_CLOSED", "The netlink socket is closed"));
  }
  // Shares are made and given up on this thread only, so a second one is an exchange that is not settled yet.
  if (handle->socket.use_count() > 1) {
    return rejected(env,
                    coded_error(env, "ERR_SOCKET_BUSY", "An exchange is under way on this netlink socket"));
  }
  return Operation::start(env, std::make_unique<Exchange>(handle->socket, std::move(request)),
                          {arguments[0], arguments[5]});
}

napi_value close(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  if (!arguments.valid()) return nullptr;
  Handle* handle = handle_of(env, arguments.self());
  if (handle == nullptr || handle->socket == nullptr) return nullptr;
  handle->socket->cancel();
  handle->socket.reset();
  return nullptr;
}

napi_property_descriptor constant(const char* name, napi_value value) noexcept {
  return {name, nullptr, nullptr, nullptr, nullptr, value, napi_enumerable, nullptr};
}

napi_property_descriptor method(const char* name, napi_callback callback) noexcept {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, napi_default_method, nullptr};
}

}  // namespace

napi_value make_socket_object(napi_env env, std::shared_ptr<NetlinkSocket> socket) {
  napi_value object;
  napi_value port_id;
  napi_value receive_buffer;
  napi_value send_buffer;
  if (!succeeded(env, napi_create_object(env, &object)) ||
      !succeeded(env, napi_create_uint32(env, socket->port_id(), &port_id)) ||
      !succeeded(env, napi_create_int32(env, socket->receive_buffer(), &receive_buffer)) ||
      !succeeded(env, napi_create_int32(env, socket->send_buffer(), &send_buffer))) {
    return nullptr;
  }
  const napi_property_descriptor properties[] = {
      constant("portId", port_id),         constant("receiveBuffer", receive_buffer),
      constant("sendBuffer", send_buffer), method("exchange", guarded<exchange>),
      method("close", guarded<close>),
  };
  auto handle = std::make_unique<Handle>(Handle{std::move(socket)});
  if (!succeeded(env, napi_define_properties(env, object, std::size(properties), properties)) ||
      !succeeded(env, napi_type_tag_object(env, object, &kTag)) ||
      !succeeded(env, napi_wrap(env, object, handle.get(), finalize, nullptr, nullptr))) {
    return nullptr;
  }
  (void)handle.release();  // finalize() has it now
  return object;
}

}  // namespace lvs
