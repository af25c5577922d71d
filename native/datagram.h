#pragma once

#include <cstddef>
#include <cstdint>

namespace lvs {

/** Netlink messages that are sent in one system call. */
struct Datagram {
  const uint8_t* bytes = nullptr;
  size_t length = 0;
  /** Sequence number of the last message. */
  uint32_t last_sequence = 0;
};

/** Sets `last_sequence`. Returns false unless `bytes` are one or more complete messages. */
bool find_last_sequence(Datagram* datagram) noexcept;

/** Whether the received messages include the one that ends the replies to `sequence`. Accepts any bytes. */
bool holds_terminator(const uint8_t* datagram, size_t length, uint32_t sequence) noexcept;

/** Rounds up to a multiple of four, the alignment of messages. */
size_t align_message(size_t length) noexcept;

}  // namespace lvs
