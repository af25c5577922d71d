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

/** A read is only made into this much room: the largest block a dump makes (netlink_dump, af_netlink.c). */
constexpr size_t kSlotBytes = 32 * 1024;
constexpr size_t kMinimumReplyBytes = 2 * kSlotBytes;

/** The `ExchangeRequest` of src/netlink/transport.ts. */
struct ExchangeRequest {
  /** Datagram `first` and those after it. */
  std::vector<Datagram> datagrams;
  uint32_t first = 0;
  bool awaiting = false;
  bool after = false;
  uint8_t* replies = nullptr;
  size_t replies_length = 0;
};

/** How an exchange ended; the meanings are told in src/netlink/transport.ts. */
enum class ExchangeState { complete, full, unanswered, overrun, truncated, failed, held };

/** The `ExchangeReport` of src/netlink/transport.ts. */
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

/** A socket to the kernel's netlink, of any protocol. */
class NetlinkSocket {
 public:
  struct Options {
    int protocol = 0;
    /** Before the kernel doubles them. */
    int receive_buffer = 0;
    int send_buffer = 0;
  };

  /** Opens in the calling thread's network namespace. Null when `failure` says why. */
  static std::unique_ptr<NetlinkSocket> open(const Options& options, SystemFailure* failure);

  /** Sends and receives until an end is reached. One at a time; any thread. */
  ExchangeReport exchange(const ExchangeRequest& request) noexcept;

  /** Makes an exchange under way on another thread give up before its next system call. */
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }

  uint32_t port_id() const noexcept { return port_id_; }
  int receive_buffer() const noexcept { return receive_buffer_; }
  int send_buffer() const noexcept { return send_buffer_; }

 private:
  struct Free {
    void operator()(nl_sock* socket) const noexcept;
  };
  struct Answers;

  explicit NetlinkSocket(nl_sock* socket) noexcept : socket_(socket) {}

  bool configure(const Options& options, SystemFailure* failure);
  void run(const ExchangeRequest& request, ExchangeReport* report) noexcept;
  bool send(const Datagram& datagram, ExchangeReport* report) noexcept;
  bool receive(const ExchangeRequest& request, uint32_t sequence, ExchangeReport* report) noexcept;

  std::unique_ptr<nl_sock, Free> socket_;
  int descriptor_ = -1;
  uint32_t port_id_ = 0;
  int receive_buffer_ = 0;
  int send_buffer_ = 0;
  std::atomic<bool> cancelled_{false};
  /** Damage to the answers of the datagram last sent; kept here because `full` may part its receives. */
  bool overrun_ = false;
  bool truncated_ = false;
  /** Whether the exchange before was complete. */
  bool complete_ = false;
};

}  // namespace lvs
