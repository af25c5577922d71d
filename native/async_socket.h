#pragma once

#include <napi.h>

#include <deque>
#include <memory>

#include "netlink_socket.h"
#include "worker.h"

namespace lvs {

/**
 * A netlink socket together with the thread that runs its exchanges and the callback that reports them to
 * JavaScript. Everything but the exchanges themselves happens on the environment's thread.
 */
class AsyncSocket {
 public:
  static std::shared_ptr<AsyncSocket> open(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);
  ~AsyncSocket();
  AsyncSocket(const AsyncSocket&) = delete;
  AsyncSocket& operator=(const AsyncSocket&) = delete;

  /** Whether no further exchange can be queued until one completes. */
  bool full() const noexcept { return in_flight_.size() == kMaximumInFlight; }

  /**
   * Queues an exchange behind the one in progress; must not be called when full. Returns the report if it is
   * available within microseconds, otherwise a promise of it. The replies are received into memory of the
   * addon and copied to `replies` on the environment's thread.
   */
  static Napi::Value exchange(const std::shared_ptr<AsyncSocket>& socket, ExchangeRequest request,
                              const Napi::Uint8Array& replies);

  /** Makes the exchange in progress give up; one that is still queued ends as not started. */
  void close() noexcept;

 private:
  class Exchange;

  /** One exchange that runs, and one that follows without a return to the event loop in between. */
  static constexpr size_t kMaximumInFlight = 2;

  explicit AsyncSocket(Napi::Env env, std::unique_ptr<NetlinkSocket> socket);

  void notify() noexcept;
  void lend_memory(ExchangeRequest* request);
  void return_memory(const Exchange& exchange) noexcept;
  std::unique_ptr<Exchange> take_first() noexcept;
  std::unique_ptr<Exchange> take_last() noexcept;
  void release_if_idle() noexcept;
  void stop() noexcept;
  static void on_notified(napi_env env, napi_value, void* context, void*) noexcept;
  static void on_environment_end(void* data) noexcept;

  const Napi::Env env_;
  const std::unique_ptr<NetlinkSocket> socket_;
  napi_threadsafe_function done_callback_ = nullptr;
  /** How many exchanges have completed in a row while their caller was spinning. */
  unsigned spins_in_a_row_ = 0;
  /** Set while an exchange is in flight. */
  std::shared_ptr<AsyncSocket> self_;
  /** In the order in which they run. */
  std::deque<std::unique_ptr<Exchange>> in_flight_;
  struct Memory {
    std::unique_ptr<uint8_t[]> bytes;
    size_t length = 0;
    bool lent = false;
  };
  /** Memory for the replies of each exchange in flight. It is kept, because new memory is slow to touch. */
  Memory memory_[kMaximumInFlight];
  /** The last member: its thread must end before the other members are destroyed. */
  Worker worker_;
};

}  // namespace lvs
