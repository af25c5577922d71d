#pragma once

#include <napi.h>

#include <initializer_list>
#include <memory>
#include <vector>

#include "netlink_socket.h"
#include "worker.h"

namespace lvs {

/**
 * A netlink socket with the thread on which its exchanges run and the way back to JavaScript. All but the
 * exchange itself happens on the environment's thread.
 */
class Channel {
 public:
  static std::shared_ptr<Channel> open(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  NetlinkSocket& socket() noexcept { return *socket_; }
  bool busy() const noexcept { return self_ != nullptr; }

  /**
   * Begins an exchange and keeps objects alive until it has ended; none may be under way. Gives the report
   * when that is there within some microseconds, else a promise of it.
   */
  static Napi::Value exchange(const std::shared_ptr<Channel>& channel, ExchangeRequest request,
                              std::initializer_list<Napi::Value> keep_alive);

 private:
  explicit Channel(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);

  void tell() noexcept;
  void settle() noexcept;
  void let_go() noexcept;
  void shut() noexcept;
  Napi::Object report() const;
  static void on_told(napi_env env, napi_value, void* context, void*) noexcept;
  static void on_environment_end(void* data) noexcept;

  const Napi::Env env_;
  const std::unique_ptr<NetlinkSocket> socket_;
  napi_threadsafe_function way_back_ = nullptr;
  /** How many exchanges in a row have ended before JavaScript let go of the event loop. */
  unsigned in_a_row_ = 0;
  /** Of the exchange under way. */
  std::shared_ptr<Channel> self_;
  ExchangeRequest request_;
  ExchangeReport report_;
  napi_deferred deferred_ = nullptr;
  std::vector<Napi::ObjectReference> kept_;
  /** The last member, so that its thread has ended before the others go. */
  Worker worker_;
};

}  // namespace lvs
