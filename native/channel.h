#pragma once

#include <napi.h>

#include <deque>
#include <initializer_list>
#include <memory>

#include "netlink_socket.h"
#include "worker.h"

namespace lvs {

/**
 * A netlink socket with the thread on which its exchanges run and the way back to JavaScript. All but the
 * exchanges themselves happens on the environment's thread.
 */
class Channel {
 public:
  static std::shared_ptr<Channel> open(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /** Whether another exchange has to wait until one has ended. */
  bool full() const noexcept { return under_way_.size() == kMostUnderWay; }

  /**
   * Begins an exchange once the one under way has ended, and keeps objects alive until it has ended itself;
   * must not be full. Gives the report when that is there within some microseconds, else a promise of it.
   */
  static Napi::Value exchange(const std::shared_ptr<Channel>& channel, ExchangeRequest request,
                              std::initializer_list<Napi::Value> keep_alive);

  /** Has the exchange under way give up; what has not begun is held. */
  void close() noexcept;

 private:
  class Exchange;

  /** One that runs and one that follows it without a round of the event loop between them. */
  static constexpr size_t kMostUnderWay = 2;

  explicit Channel(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);

  void tell() noexcept;
  void settle(std::unique_ptr<Exchange> exchange) noexcept;
  std::unique_ptr<Exchange> take_first() noexcept;
  std::unique_ptr<Exchange> take_last() noexcept;
  void let_go() noexcept;
  void shut() noexcept;
  static void on_told(napi_env env, napi_value, void* context, void*) noexcept;
  static void on_environment_end(void* data) noexcept;

  const Napi::Env env_;
  const std::unique_ptr<NetlinkSocket> socket_;
  napi_threadsafe_function way_back_ = nullptr;
  /** How many exchanges in a row have ended before JavaScript let go of the event loop. */
  unsigned in_a_row_ = 0;
  /** While any is under way. */
  std::shared_ptr<Channel> self_;
  /** In the order in which they run. */
  std::deque<std::unique_ptr<Exchange>> under_way_;
  /** The last member, so that its thread has ended before the others go. */
  Worker worker_;
};

}  // namespace lvs
