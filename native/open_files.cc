#include "open_files.h"

#include <unistd.h>

namespace lvs {
namespace {

/** Linux frees the descriptor whatever close() returns, and files under /proc have no delayed writes. */
void release(int descriptor) noexcept { (void)::close(descriptor); }

}  // namespace

OpenFiles::~OpenFiles() {
  for (const int descriptor : descriptors_) release(descriptor);
}

bool OpenFiles::close(int descriptor) noexcept {
  if (descriptors_.erase(descriptor) == 0) return false;
  release(descriptor);
  return true;
}

}  // namespace lvs
