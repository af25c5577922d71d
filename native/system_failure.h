#pragma once

#include <string>

namespace lvs {

/** What a system call answered when it failed; `error` is 0 while nothing has. */
struct SystemFailure {
  int error = 0;
  const char* syscall = "";
  /** The file concerned, or empty. */
  std::string path;

  bool occurred() const noexcept { return error != 0; }
};

}  // namespace lvs
