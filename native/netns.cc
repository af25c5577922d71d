#include "netns.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

namespace lvs {
namespace {

int open_retrying(const char* path, int flags) noexcept {
  int descriptor;
  do {
    descriptor = open(path, flags | O_CLOEXEC, 0600);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

/** Returns 0 or an error number: setns fails with EINVAL for a file that is not a network namespace. */
int enter(int descriptor) noexcept { return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno; }

/**
 * `/proc/net` links to `self/net`, and `self` is the leader of the thread group, which stays in its
 * namespace: a thread that has entered another one finds its files only under `thread-self`
 * (proc_self_get_link, fs/proc/self.c).
 */
std::string of_this_thread(const std::string& path) {
  static constexpr char kPrefix[] = "/proc/net/";
  if (path.rfind(kPrefix, 0) != 0) return path;
  return "/proc/thread-self/net/" + path.substr(sizeof kPrefix - 1);
}

}  // namespace

void run_in_netns(const std::string& path, const std::function<void()>& body, SystemFailure* failure) {
  if (path.empty()) return body();
  // O_NONBLOCK: opening a FIFO must not block.
  const int descriptor = open_retrying(path.c_str(), O_RDONLY | O_NONBLOCK);
  if (descriptor < 0) {
    *failure = {errno, "open", path};
    return;
  }
  // The namespace is a property of the thread. A thread that ends need not enter the previous one again.
  int entered = 0;
  try {
    std::thread([&] {
      entered = enter(descriptor);
      if (entered == 0) body();
    }).join();
    if (entered != 0) *failure = {entered, "setns", path};
  } catch (const std::system_error& error) {
    *failure = {error.code().value(), "pthread_create", {}};
  }
  close(descriptor);
}

int open_in_netns(const std::string& netns, const std::string& path, int flags, SystemFailure* failure) {
  int descriptor = -1;
  run_in_netns(
      netns,
      [&] {
        const std::string seen = netns.empty() ? path : of_this_thread(path);
        descriptor = open_retrying(seen.c_str(), flags);
        if (descriptor < 0) *failure = {errno, "open", path};
      },
      failure);
  return descriptor;
}

}  // namespace lvs
