#pragma once

#include <cstddef>
#include <cstdint>

namespace lvs {

/** Some netlink messages that leave in one system call. */
struct Datagram {
  const uint8_t* bytes = nullptr;
  size_t length = 0;
  /** Of its last message. */
  uint32_t last_sequence = 0;
};

/** Reads the sequence number of the last message; false when `bytes` are not whole messages, at least one. */
bool find_last_sequence(Datagram* datagram) noexcept;

/** Whether the message that ends the answers to `sequence` is among those received. Copes with any bytes. */
bool holds_terminator(const uint8_t* datagram, size_t length, uint32_t sequence) noexcept;

/** The next multiple of four: where a message begins. */
size_t align_message(size_t length) noexcept;

}  // namespace lvs
