#pragma once

#include <string>

namespace lvs {

/** The error of a failed system call; `error` is 0 if none has failed. */
struct SystemFailure {
  int error = 0;
  const char* syscall = "";
  /** Path of the file involved, or empty. */
  std::string path;

  bool occurred() const noexcept { return error != 0; }
};

}  // namespace lvs
