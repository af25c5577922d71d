/*
 * The limit: what the kernel itself takes. Messages are built before the clock starts, nothing is decoded,
 * and the program does as few system calls as one netlink socket allows. With `single` it is the obvious
 * program instead: one send and one receive a command, and a table read with recv.
 *
 *   limit program|reweight|read|remove|flush SERVICES DESTINATIONS batch|single
 *
 * Prints one line of JSON: seconds, system calls within them, peak resident memory.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/ip_vs.h>

#include "netlink.h"

#define DATAGRAM (128 * 1024)
#define BLOCK (32 * 1024)
#define VECTOR 16

static int descriptor;
static uint16_t family;
static uint32_t sequence = 1;
static unsigned long calls;
static int single;
static char room[VECTOR][BLOCK];
static struct mmsghdr headers[VECTOR];
static struct iovec parts[VECTOR];

static void address(struct buffer* b, uint16_t type, uint32_t host) {
  uint32_t words[4] = {htonl(host)};
  attribute(b, type, words, 16);
}

/* Service number `s` is tcp 10.x.y.z:80, its destination `d` 172.16.x.y:80; rules.mjs has the same. */
static void service_key(struct buffer* b, unsigned s) {
  u16(b, IPVS_SVC_ATTR_AF, AF_INET);
  u16(b, IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
  address(b, IPVS_SVC_ATTR_ADDR, 0x0a000001 + s);
  u16(b, IPVS_SVC_ATTR_PORT, htons(80));
}

static void service(struct buffer* b, uint8_t command, unsigned s) {
  const uint32_t flags[2] = {0, ~0u};
  size_t message = begin(b, family, 0, sequence++, command);
  size_t inner = nest(b, IPVS_CMD_ATTR_SERVICE);
  service_key(b, s);
  if (command == IPVS_CMD_NEW_SERVICE) {
    attribute(b, IPVS_SVC_ATTR_SCHED_NAME, "rr", 3);
    attribute(b, IPVS_SVC_ATTR_FLAGS, flags, 8);
    u32(b, IPVS_SVC_ATTR_TIMEOUT, 0);
    u32(b, IPVS_SVC_ATTR_NETMASK, ~0u);
  }
  unnest(b, inner);
  end(b, message);
}

static void destination(struct buffer* b, uint8_t command, unsigned s, unsigned d, uint32_t weight) {
  size_t message = begin(b, family, 0, sequence++, command);
  size_t inner = nest(b, IPVS_CMD_ATTR_SERVICE);
  service_key(b, s);
  unnest(b, inner);
  inner = nest(b, IPVS_CMD_ATTR_DEST);
  address(b, IPVS_DEST_ATTR_ADDR, 0xac100001 + d);
  u16(b, IPVS_DEST_ATTR_PORT, htons(80));
  u32(b, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_DROUTE);
  u32(b, IPVS_DEST_ATTR_WEIGHT, weight);
  u32(b, IPVS_DEST_ATTR_U_THRESH, 0);
  u32(b, IPVS_DEST_ATTR_L_THRESH, 0);
  unnest(b, inner);
  end(b, message);
}

/* Dumps go one by one: a socket has one under way at a time. */
static void dump_destinations(struct buffer* b, unsigned s) {
  size_t message = begin(b, family, NLM_F_DUMP, sequence++, IPVS_CMD_GET_DEST);
  size_t inner = nest(b, IPVS_CMD_ATTR_SERVICE);
  service_key(b, s);
  unnest(b, inner);
  end(b, message);
}

/* Looks through a block; gives the sequence number of its last message. */
static uint32_t look_through(char* block, int length, int* done) {
  uint32_t last = 0;
  for (struct nlmsghdr* m = (void*)block; NLMSG_OK(m, (unsigned)length); m = NLMSG_NEXT(m, length)) {
    last = m->nlmsg_seq;
    if (m->nlmsg_type == NLMSG_DONE) *done = 1;
    if (m->nlmsg_type != NLMSG_ERROR) continue;
    errno = -((struct nlmsgerr*)NLMSG_DATA(m))->error;
    if (errno != 0) fail("command %u", last);
  }
  return last;
}

/* Receives what there is; gives the sequence number of the last message. */
static uint32_t receive(int* done) {
  uint32_t last = 0;
  calls++;
  if (single) {
    ssize_t length = recv(descriptor, room[0], BLOCK, 0);
    if (length < 0) fail("recv");
    return look_through(room[0], length, done);
  }
  int count = recvmmsg(descriptor, headers, VECTOR, MSG_DONTWAIT, NULL);
  if (count < 0) fail("recvmmsg");
  for (int i = 0; i < count; i++) last = look_through(room[i], headers[i].msg_len, done);
  return last;
}

static void transmit(char* bytes, size_t length) {
  calls++;
  if (send(descriptor, bytes, length, 0) < 0) fail("send");
}

/* Sends commands in datagrams of at most `most` bytes, but one command at least, each acknowledged once. */
static void exchange(struct buffer* b, size_t most) {
  size_t start = 0;
  while (start < b->length) {
    size_t at = start;
    struct nlmsghdr* last = NULL;
    while (at < b->length) {
      struct nlmsghdr* m = (void*)(b->bytes + at);
      size_t size = NLMSG_ALIGN(m->nlmsg_len);
      if (last != NULL && at + size - start > most) break;
      last = m;
      at += size;
    }
    last->nlmsg_flags |= NLM_F_ACK;
    uint32_t wanted = last->nlmsg_seq;
    transmit(b->bytes + start, at - start);
    int done = 0;
    while (receive(&done) != wanted) continue;
    start = at;
  }
}

static void dump_each(struct buffer* b) {
  for (size_t at = 0; at < b->length;) {
    size_t size = ((struct nlmsghdr*)(b->bytes + at))->nlmsg_len;
    int done = 0;
    transmit(b->bytes + at, size);
    while (!done) receive(&done);
    at += size;
  }
}

static void open_socket(void) {
  int large = 8 << 20;
  descriptor = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  if (descriptor < 0) fail("socket");
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof large);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof large);
  for (int i = 0; i < VECTOR; i++) {
    parts[i] = (struct iovec){room[i], BLOCK};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
}

static void resolve(void) {
  struct buffer b = {0};
  int done = 0;
  get_family(&b, sequence++, IPVS_GENL_NAME);
  transmit(b.bytes, b.length);
  receive(&done);
  struct nlattr* a = (void*)(room[0] + NLMSG_HDRLEN + GENL_HDRLEN);
  while (a->nla_type != CTRL_ATTR_FAMILY_ID) a = (void*)((char*)a + NLA_ALIGN(a->nla_len));
  memcpy(&family, (char*)a + NLA_HDRLEN, 2);
  free(b.bytes);
}

/* All messages of an operation. */
static void build(struct buffer* b, const char* operation, unsigned services, unsigned destinations) {
  int program = strcmp(operation, "program") == 0, reweight = strcmp(operation, "reweight") == 0;
  if (strcmp(operation, "flush") == 0) end(b, begin(b, family, 0, sequence++, IPVS_CMD_FLUSH));
  if (strcmp(operation, "read") == 0) end(b, begin(b, family, NLM_F_DUMP, sequence++, IPVS_CMD_GET_SERVICE));
  for (unsigned s = 0; s < services; s++) {
    if (program) service(b, IPVS_CMD_NEW_SERVICE, s);
    if (strcmp(operation, "remove") == 0) service(b, IPVS_CMD_DEL_SERVICE, s);
    if (strcmp(operation, "read") == 0) dump_destinations(b, s);
    for (unsigned d = 0; d < destinations; d++) {
      if (program) destination(b, IPVS_CMD_NEW_DEST, s, d, 1);
      if (reweight) destination(b, IPVS_CMD_SET_DEST, s, d, 7);
    }
  }
}

int main(int count, char** words) {
  if (count != 5) {
    fprintf(stderr, "usage: limit program|reweight|read|remove|flush SERVICES DESTINATIONS batch|single\n");
    return 2;
  }
  struct buffer b = {0};
  single = strcmp(words[4], "single") == 0;
  open_socket();
  resolve();
  build(&b, words[1], atoi(words[2]), atoi(words[3]));

  calls = 0;
  double start = now();
  if (strcmp(words[1], "read") == 0)
    dump_each(&b);
  else
    exchange(&b, single ? 0 : DATAGRAM);
  double seconds = now() - start;
  printf("{\"seconds\":%.6f,\"calls\":%lu,\"rssBytes\":%ld}\n", seconds, calls, peak_bytes(RUSAGE_SELF));
  return 0;
}
