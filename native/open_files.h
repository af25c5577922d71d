#pragma once

#include <set>

namespace lvs {

/**
 * The file descriptors held by the JavaScript of one environment. They are closed with the environment, as
 * Node does with its own: otherwise a worker that is terminated would leave its files open until the process
 * exits.
 */
class OpenFiles {
 public:
  OpenFiles() = default;
  ~OpenFiles();
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;

  void add(int descriptor) { descriptors_.insert(descriptor); }
  bool contains(int descriptor) const { return descriptors_.count(descriptor) != 0; }
  /** Returns false if the descriptor is not one of these. */
  bool close(int descriptor) noexcept;

 private:
  std::set<int> descriptors_;
};

}  // namespace lvs
