#include "socket_object.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "arguments.h"
#include "async_socket.h"
#include "errors.h"

namespace lvs {
namespace {

/**
 * The data that a socket object wraps: a reference to the socket, dropped by close(). An exchange in flight
 * holds another. It is not a Napi::ObjectWrap, whose constructor JavaScript could call, and whose methods
 * fail with "Illegal invocation" on another object.
 */
struct Handle {
  std::shared_ptr<AsyncSocket> socket;
};

/** Distinguishes socket objects from others that a method may be called on. */
constexpr napi_type_tag kTag = {0x6c76735f6e65746c, 0x9d0c4e0f6a3b4f71};

Handle& handle_of(const Napi::CallbackInfo& info) {
  const Napi::Value self = info.This();
  if (!self.IsObject() || !self.As<Napi::Object>().CheckTypeTag(&kTag)) {
    throw type_error(info.Env(), "this must be a socket from openSocket()");
  }
  void* data = nullptr;
  check(info.Env(), napi_unwrap(info.Env(), self, &data));
  return *static_cast<Handle*>(data);
}

/**
 * Splits the datagrams and checks their messages. The kernel silently ignores everything after a malformed
 * message (netlink_rcv_skb, af_netlink.c), so the last message would never be answered.
 */
std::vector<Datagram> read_datagrams(Napi::Env env, const uint8_t* bytes, size_t length,
                                     const Napi::Uint32Array& ends, uint32_t first, uint32_t count) {
  std::vector<Datagram> datagrams;
  datagrams.reserve(count - first);
  size_t begin = first == 0 ? 0 : ends[first - 1];
  for (uint32_t i = first; i < count; ++i) {
    const size_t end = ends[i];
    const auto at = [i](const char* name) { return name + ("[" + std::to_string(i) + "]"); };
    if (end <= begin || end > length) {
      throw range_error(env, at("ends") + " must be above the previous end and within datagrams");
    }
    Datagram datagram{bytes + begin, end - begin};
    if (!find_last_sequence(&datagram)) {
      throw range_error(env, at("datagrams") + " must consist of whole netlink messages");
    }
    datagrams.push_back(datagram);
    begin = end;
  }
  return datagrams;
}

ExchangeRequest read_request(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Uint8Array datagrams = read_uint8_array(info[0], "datagrams");
  const Napi::Uint32Array ends = read_uint32_array(info[1], "ends");
  const uint32_t count = read_integer(info[2], "count", UINT32_MAX);
  ExchangeRequest request;
  request.first = read_integer(info[3], "first", UINT32_MAX);
  request.awaiting = read_boolean(info[4], "awaiting");
  request.only_if_previous_complete = read_boolean(info[5], "onlyIfPreviousComplete");
  Napi::Uint8Array replies = read_uint8_array(info[6], "replies");
  if (count > ends.ElementLength()) throw range_error(env, "count must be at most the length of ends");
  if (request.first > count) throw range_error(env, "first must be at most count");
  if (request.awaiting && request.first == count) {
    throw range_error(env, "first must be below count while awaiting");
  }
  if (replies.ElementLength() < kMinimumReplyBytes) {
    throw range_error(env, "replies must have at least 64 KiB");
  }
  request.replies_length = replies.ElementLength();
  // Copied before the messages are checked: another thread may write to a shared buffer.
  size_t length = 0;
  for (uint32_t i = request.first; i < count; ++i) length = std::max<size_t>(length, ends[i]);
  length = std::min(length, datagrams.ElementLength());
  request.bytes.reset(new uint8_t[length]);
  if (length > 0) std::memcpy(request.bytes.get(), datagrams.Data(), length);
  request.datagrams = read_datagrams(env, request.bytes.get(), length, ends, request.first, count);
  return request;
}

Napi::Value exchange(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Handle& handle = handle_of(info);
  ExchangeRequest request = read_request(info);
  if (handle.socket == nullptr) {
    return rejected(coded_error(env, "ERR_SOCKET_CLOSED", "The netlink socket is closed"));
  }
  if (handle.socket->full()) {
    return rejected(
        coded_error(env, "ERR_SOCKET_BUSY", "Two exchanges are in progress on this netlink socket"));
  }
  return AsyncSocket::exchange(handle.socket, std::move(request), info[6].As<Napi::Uint8Array>());
}

void close(const Napi::CallbackInfo& info) {
  Handle& handle = handle_of(info);
  if (handle.socket == nullptr) return;
  std::exchange(handle.socket, nullptr)->close();
}

}  // namespace

Napi::Object make_socket_object(Napi::Env env, std::unique_ptr<NetlinkSocket> socket) {
  const auto number = [env](const char* name, double value) {
    return Napi::PropertyDescriptor::Value(name, Napi::Number::New(env, value), napi_enumerable);
  };
  const auto method = [](const char* name, Napi::Function function) {
    return Napi::PropertyDescriptor::Value(name, function, napi_default_method);
  };
  Napi::Object object = Napi::Object::New(env);
  object.DefineProperties({
      number("portId", socket->port_id()),
      number("receiveBuffer", socket->receive_buffer()),
      number("sendBuffer", socket->send_buffer()),
      method("exchange", Napi::Function::New<exchange>(env, "exchange")),
      method("close", Napi::Function::New<close>(env, "close")),
  });
  object.TypeTag(&kTag);
  auto handle = std::make_unique<Handle>(Handle{AsyncSocket::open(env, std::move(socket))});
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
  check(env, napi_wrap(env, object, handle.get(), finalize, nullptr, nullptr));
  (void)handle.release();  // the finalizer owns it now
  return object;
}

}  // namespace lvs
