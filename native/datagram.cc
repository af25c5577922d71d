#include "datagram.h"

#include <linux/netlink.h>

#include <cstring>

namespace lvs {
namespace {

/** Copies the header out: a request may be unaligned. */
nlmsghdr header_at(const uint8_t* position) noexcept {
  nlmsghdr header;
  std::memcpy(&header, position, sizeof header);
  return header;
}

}  // namespace

size_t align_message(size_t length) noexcept {
  return (length + NLMSG_ALIGNTO - 1) & ~size_t{NLMSG_ALIGNTO - 1};
}

bool find_last_sequence(Datagram* datagram) noexcept {
  const uint8_t* position = datagram->bytes;
  size_t left = datagram->length;
  while (left >= sizeof(nlmsghdr)) {
    const nlmsghdr header = header_at(position);
    if (header.nlmsg_len < sizeof(nlmsghdr) || header.nlmsg_len > left) return false;
    datagram->last_sequence = header.nlmsg_seq;
    const size_t step = align_message(header.nlmsg_len);
    if (step >= left) return true;
    position += step;
    left -= step;
  }
  return false;
}

bool holds_terminator(const uint8_t* datagram, size_t length, uint32_t sequence) noexcept {
  while (length >= sizeof(nlmsghdr)) {
    const nlmsghdr header = header_at(datagram);
    const bool ends = header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR;
    if (ends && header.nlmsg_seq == sequence) return true;
    if (header.nlmsg_len < sizeof(nlmsghdr) || header.nlmsg_len > length) return false;
    const size_t step = align_message(header.nlmsg_len);
    if (step >= length) return false;
    datagram += step;
    length -= step;
  }
  return false;
}

}  // namespace lvs
