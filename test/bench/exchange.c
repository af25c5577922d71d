/*
 * The same exchange again and again: CTRL_CMD_GETFAMILY of "nlctrl", which every kernel answers.
 *
 *   exchange COUNT
 *
 * Prints one line of JSON: the median in nanoseconds.
 */
#include "netlink.h"

static char answer[32 * 1024];

static int compare(const void* a, const void* b) {
  double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

int main(int count, char** words) {
  int total = count > 1 ? atoi(words[1]) : 0;
  if (total < 1) return 2;
  double* times = calloc(total, sizeof *times);
  struct buffer b = {0};
  int descriptor = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  if (descriptor < 0) fail("socket");
  get_family(&b, 1, "nlctrl");
  for (int i = 0; i < total; i++) {
    double start = now();
    if (send(descriptor, b.bytes, b.length, 0) < 0) fail("send");
    if (recv(descriptor, answer, sizeof answer, 0) < 0) fail("recv");
    times[i] = now() - start;
  }
  qsort(times, total, sizeof *times, compare);
  printf("{\"nanoseconds\":%.0f}\n", times[total / 2] * 1e9);
  return 0;
}
