/*
 * The limit: what the kernel itself takes. Messages are built before the clock starts, nothing is decoded, and the
 * program does as few system calls as netlink allows (or, with `single`, one send and one receive a command, as most
 * clients do).
 *
 *   limit program|reweight|remove SERVICES DESTINATIONS batch|single
 *   limit read SERVICES DESTINATIONS
 *
 * Prints one line of JSON: seconds, system calls, peak resident memory.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DATAGRAM (128 * 1024)
#define BLOCK (32 * 1024)
#define VECTOR 16

static int descriptor;
static uint16_t family;
static uint32_t sequence = 1;
static unsigned long calls;
static char room[VECTOR][BLOCK];

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %s\n", strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* A growing buffer of messages. */
struct buffer {
  char *bytes;
  size_t length, capacity;
};

static void *take(struct buffer *b, size_t size) {
  if (b->length + size > b->capacity) {
    b->capacity = (b->length + size) * 2;
    b->bytes = realloc(b->bytes, b->capacity);
    if (b->bytes == NULL) fail("realloc");
  }
  void *start = memset(b->bytes + b->length, 0, size);
  b->length += size;
  return start;
}

static size_t begin(struct buffer *b, uint16_t type, uint16_t flags, uint8_t command) {
  size_t start = b->length;
  struct nlmsghdr *header = take(b, NLMSG_HDRLEN);
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  header->nlmsg_seq = sequence++;
  struct genlmsghdr *generic = take(b, GENL_HDRLEN);
  generic->cmd = command;
  generic->version = 1;
  return start;
}

static void end(struct buffer *b, size_t start) {
  ((struct nlmsghdr *)(b->bytes + start))->nlmsg_len = b->length - start;
}

static void attribute(struct buffer *b, uint16_t type, const void *payload, size_t size) {
  struct nlattr *header = take(b, NLA_HDRLEN + NLA_ALIGN(size));
  header->nla_len = NLA_HDRLEN + size;
  header->nla_type = type;
  memcpy((char *)header + NLA_HDRLEN, payload, size);
}

static void u16(struct buffer *b, uint16_t type, uint16_t value) { attribute(b, type, &value, 2); }
static void u32(struct buffer *b, uint16_t type, uint32_t value) { attribute(b, type, &value, 4); }

static size_t nest(struct buffer *b, uint16_t type) {
  size_t start = b->length;
  struct nlattr *header = take(b, NLA_HDRLEN);
  header->nla_type = type;
  return start;
}

static void unnest(struct buffer *b, size_t start) {
  ((struct nlattr *)(b->bytes + start))->nla_len = b->length - start;
}

static void address(struct buffer *b, uint16_t type, uint32_t host) {
  uint32_t words[4] = {htonl(host)};
  attribute(b, type, words, 16);
}

/* Service number `s` is tcp 10.x.y.z:80, its destination `d` 172.16.x.y:80. */
static void service_key(struct buffer *b, unsigned s) {
  u16(b, IPVS_SVC_ATTR_AF, AF_INET);
  u16(b, IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
  address(b, IPVS_SVC_ATTR_ADDR, 0x0a000001 + s);
  u16(b, IPVS_SVC_ATTR_PORT, htons(80));
}

static void service(struct buffer *b, uint8_t command, unsigned s) {
  const uint32_t flags[2] = {0, ~0u};
  size_t message = begin(b, family, 0, command);
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

static void destination(struct buffer *b, uint8_t command, unsigned s, unsigned d, uint32_t weight) {
  size_t message = begin(b, family, 0, command);
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

/* Receives what there is; gives the sequence number of the last message. */
static uint32_t receive(int *done) {
  struct mmsghdr headers[VECTOR];
  struct iovec parts[VECTOR];
  uint32_t last = 0;
  memset(headers, 0, sizeof headers);
  for (int i = 0; i < VECTOR; i++) {
    parts[i] = (struct iovec){room[i], BLOCK};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  calls++;
  int count = recvmmsg(descriptor, headers, VECTOR, MSG_DONTWAIT, NULL);
  if (count < 0) fail("recvmmsg");
  for (int i = 0; i < count; i++) {
    int length = headers[i].msg_len;
    for (struct nlmsghdr *m = (void *)room[i]; NLMSG_OK(m, length); m = NLMSG_NEXT(m, length)) {
      last = m->nlmsg_seq;
      if (m->nlmsg_type == NLMSG_DONE) *done = 1;
      if (m->nlmsg_type != NLMSG_ERROR) continue;
      int error = ((struct nlmsgerr *)NLMSG_DATA(m))->error;
      if (error != 0) {
        errno = -error;
        fail("command %u", last);
      }
    }
  }
  return last;
}

static void transmit(char *bytes, size_t length) {
  calls++;
  if (send(descriptor, bytes, length, 0) < 0) fail("send");
}

/* Sends the messages of a buffer in datagrams of at most `most` bytes, each acknowledged once. */
static void exchange(struct buffer *b, size_t most) {
  size_t start = 0;
  while (start < b->length) {
    size_t at = start;
    struct nlmsghdr *last = NULL;
    while (at < b->length) {
      struct nlmsghdr *m = (void *)(b->bytes + at);
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

static void resolve(void) {
  struct buffer b = {0};
  size_t message = begin(&b, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
  attribute(&b, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof IPVS_GENL_NAME);
  end(&b, message);
  transmit(b.bytes, b.length);
  int done = 0;
  receive(&done);
  struct nlattr *a = (void *)(room[0] + NLMSG_HDRLEN + GENL_HDRLEN);
  while (a->nla_type != CTRL_ATTR_FAMILY_ID) a = (void *)((char *)a + NLA_ALIGN(a->nla_len));
  memcpy(&family, (char *)a + NLA_HDRLEN, 2);
  free(b.bytes);
}

static void dump(char *bytes, size_t length) {
  int done = 0;
  transmit(bytes, length);
  while (!done) receive(&done);
}

static void read_all(unsigned services) {
  struct buffer all = {0}, each = {0};
  size_t message = begin(&all, family, NLM_F_DUMP, IPVS_CMD_GET_SERVICE);
  end(&all, message);
  for (unsigned s = 0; s < services; s++) {
    message = begin(&each, family, NLM_F_DUMP, IPVS_CMD_GET_DEST);
    size_t inner = nest(&each, IPVS_CMD_ATTR_SERVICE);
    service_key(&each, s);
    unnest(&each, inner);
    end(&each, message);
  }
  size_t size = each.length / services;
  double start = now();
  calls = 0;
  dump(all.bytes, all.length);
  for (unsigned s = 0; s < services; s++) dump(each.bytes + s * size, size);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"seconds\":%.6f,\"calls\":%lu,\"rssBytes\":%ld}\n", now() - start, calls, usage.ru_maxrss * 1024);
}

int main(int count, char **words) {
  if (count < 4) return 2;
  const char *operation = words[1];
  unsigned services = atoi(words[2]), destinations = atoi(words[3]);
  size_t most = count > 4 && strcmp(words[4], "single") == 0 ? 0 : DATAGRAM;
  int large = 8 << 20;

  descriptor = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  if (descriptor < 0) fail("socket");
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof large);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof large);
  resolve();
  if (strcmp(operation, "read") == 0) {
    read_all(services);
    return 0;
  }

  struct buffer b = {0};
  for (unsigned s = 0; s < services; s++) {
    if (strcmp(operation, "program") == 0) service(&b, IPVS_CMD_NEW_SERVICE, s);
    if (strcmp(operation, "remove") == 0) service(&b, IPVS_CMD_DEL_SERVICE, s);
    for (unsigned d = 0; d < destinations; d++) {
      if (strcmp(operation, "program") == 0) destination(&b, IPVS_CMD_NEW_DEST, s, d, 1);
      if (strcmp(operation, "reweight") == 0) destination(&b, IPVS_CMD_SET_DEST, s, d, 7);
    }
  }
  double start = now();
  calls = 0;
  exchange(&b, most);
  double seconds = now() - start;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"seconds\":%.6f,\"calls\":%lu,\"rssBytes\":%ld}\n", seconds, calls, usage.ru_maxrss * 1024);
  return 0;
}
