#include "packet_socket.h"

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lvs {

void send_frame(uint32_t interface_index, const std::vector<uint8_t>& frame, SystemFailure* failure) {
  // Without a protocol, the socket receives nothing.
  const int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    *failure = {errno, "socket", {}};
    return;
  }
  ether_header header;
  std::memcpy(&header, frame.data(), sizeof header);
  sockaddr_ll target{};
  target.sll_family = AF_PACKET;
  target.sll_ifindex = static_cast<int>(interface_index);
  target.sll_protocol = header.ether_type;  // both in network byte order
  target.sll_halen = sizeof header.ether_dhost;
  std::memcpy(target.sll_addr, header.ether_dhost, sizeof header.ether_dhost);

  // The send buffer of a new socket is empty, so this does not block.
  ssize_t sent;
  do {
    sent = sendto(descriptor, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&target),
                  sizeof target);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) *failure = {errno, "sendto", {}};
  // Takes some milliseconds: it waits until no processor delivers to the socket any more (packet_release).
  (void)close(descriptor);
}

}  // namespace lvs
