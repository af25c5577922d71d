/* What the C programs of the benchmark share: writing messages, the clock, the end when something fails. */
#ifndef BENCH_NETLINK_H
#define BENCH_NETLINK_H

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static inline void fail(const char* format, ...) {
  int error = errno;
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %s\n", strerror(error));
  exit(1);
}

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static inline long peak_bytes(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return usage.ru_maxrss * 1024;
}

/* Messages back to back. */
struct buffer {
  char* bytes;
  size_t length, capacity;
};

static inline void* take(struct buffer* b, size_t size) {
  if (b->length + size > b->capacity) {
    b->capacity = (b->length + size) * 2;
    b->bytes = realloc(b->bytes, b->capacity);
    if (b->bytes == NULL) fail("realloc");
  }
  void* start = memset(b->bytes + b->length, 0, size);
  b->length += size;
  return start;
}

/* Begins a message of a generic family; gives the offset that `end` wants. */
static inline size_t begin(struct buffer* b, uint16_t type, uint16_t flags, uint32_t sequence,
                           uint8_t command) {
  size_t start = b->length;
  struct nlmsghdr* header = take(b, NLMSG_HDRLEN);
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  header->nlmsg_seq = sequence;
  struct genlmsghdr* generic = take(b, GENL_HDRLEN);
  generic->cmd = command;
  generic->version = 1;
  return start;
}

static inline void end(struct buffer* b, size_t start) {
  ((struct nlmsghdr*)(b->bytes + start))->nlmsg_len = b->length - start;
}

static inline void attribute(struct buffer* b, uint16_t type, const void* payload, size_t size) {
  struct nlattr* header = take(b, NLA_HDRLEN + NLA_ALIGN(size));
  header->nla_len = NLA_HDRLEN + size;
  header->nla_type = type;
  memcpy((char*)header + NLA_HDRLEN, payload, size);
}

static inline void u16(struct buffer* b, uint16_t type, uint16_t value) { attribute(b, type, &value, 2); }
static inline void u32(struct buffer* b, uint16_t type, uint32_t value) { attribute(b, type, &value, 4); }

static inline size_t nest(struct buffer* b, uint16_t type) {
  size_t start = b->length;
  struct nlattr* header = take(b, NLA_HDRLEN);
  header->nla_type = type;
  return start;
}

static inline void unnest(struct buffer* b, size_t start) {
  ((struct nlattr*)(b->bytes + start))->nla_len = b->length - start;
}

/* CTRL_CMD_GETFAMILY: what a generic netlink client asks first. */
static inline void get_family(struct buffer* b, uint32_t sequence, const char* name) {
  size_t message = begin(b, GENL_ID_CTRL, 0, sequence, CTRL_CMD_GETFAMILY);
  attribute(b, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
  end(b, message);
}

#endif
