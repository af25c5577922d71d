#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "datagram.h"
#include "system_failure.h"

struct nl_sock;

namespace lvs {

/** Each read needs this much free space: the size of the largest block of a dump (netlink_dump,
 * af_netlink.c). */
constexpr size_t kSlotBytes = 32 * 1024;
constexpr size_t kMinimumReplyBytes = 2 * kSlotBytes;

/** The `ExchangeRequest` of the TypeScript transport. */
struct ExchangeRequest {
  /** A copy of the caller's datagrams: JavaScript can detach or shrink its buffer while the exchange runs. */
  std::unique_ptr<uint8_t[]> bytes;
  /** Datagram number `first` and those that follow it, in `bytes`. */
  std::vector<Datagram> datagrams;
  uint32_t first = 0;
  bool awaiting = false;
  bool only_if_previous_complete = false;
  /** Memory for replies that belongs to the addon, for the same reason. */
  uint8_t* replies = nullptr;
  size_t replies_length = 0;
};

/** How an exchange ended; documented with the `ExchangeState` of the TypeScript transport. */
enum class ExchangeState { complete, full, unanswered, overrun, truncated, failed, not_started };

/** The `ExchangeReport` of the TypeScript transport. */
struct ExchangeReport {
  ExchangeState state = ExchangeState::complete;
  uint32_t datagram = 0;
  bool awaiting = false;
  size_t received = 0;
  int error = 0;
  const char* syscall = "";
  uint32_t sends = 0;
  uint32_t receives = 0;
};

/** A netlink socket of any protocol, connected to the kernel. */
class NetlinkSocket {
 public:
  struct Options {
    int protocol = 0;
    /** Sizes in bytes, which the kernel doubles. */
    int receive_buffer = 0;
    int send_buffer = 0;
  };

  /** Opens a socket in the calling thread's network namespace. Returns null and sets `failure` on error. */
  static std::unique_ptr<NetlinkSocket> open(const Options& options, SystemFailure* failure);

  /** Sends and receives until the exchange ends. May be called on any thread, one call at a time. */
  ExchangeReport exchange(const ExchangeRequest& request) noexcept;

  /** Makes an exchange in progress on another thread give up before its next system call. */
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }

  uint32_t port_id() const noexcept { return port_id_; }
  int receive_buffer() const noexcept { return receive_buffer_; }
  int send_buffer() const noexcept { return send_buffer_; }

 private:
  struct Deleter {
    void operator()(nl_sock* socket) const noexcept;
  };
  struct ReplyVector;

  explicit NetlinkSocket(nl_sock* socket) noexcept : socket_(socket) {}

  bool configure(const Options& options, SystemFailure* failure);
  void exchange_datagrams(const ExchangeRequest& request, ExchangeReport* report) noexcept;
  bool send(const Datagram& datagram, ExchangeReport* report) noexcept;
  bool receive(const ExchangeRequest& request, uint32_t sequence, ExchangeReport* report) noexcept;

  std::unique_ptr<nl_sock, Deleter> socket_;
  int descriptor_ = -1;
  uint32_t port_id_ = 0;
  int receive_buffer_ = 0;
  int send_buffer_ = 0;
  std::atomic<bool> cancelled_{false};
  /** Damage to the replies to the last datagram; kept here because its receives may be split by `full`. */
  bool overrun_ = false;
  bool truncated_ = false;
  /** Whether the previous exchange was complete. */
  bool previous_complete_ = false;
};

}  // namespace lvs
