#pragma once

#include <set>

namespace lvs {

/**
 * The descriptors that one environment's JavaScript was given. Node does the same for its own: without it a
 * worker that is terminated between two lines would leave its files open for the life of the process.
 */
class OpenFiles {
 public:
  OpenFiles() = default;
  ~OpenFiles();
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;

  void add(int descriptor) { descriptors_.insert(descriptor); }
  /** False when the descriptor is none of these. */
  bool close(int descriptor) noexcept;

 private:
  std::set<int> descriptors_;
};

}  // namespace lvs
