#pragma once

#include <functional>
#include <string>

#include "system_failure.h"

namespace lvs {

/**
 * Runs `body` in the network namespace of the file at `path`, or in the current one if `path` is empty.
 * Returns when `body` has returned. If the namespace cannot be entered, sets `failure` and does not run
 * `body`.
 */
void run_in_netns(const std::string& path, const std::function<void()>& body, SystemFailure* failure);

/** Opens a file as seen in a network namespace (empty: the current one). Returns -1 and sets `failure` on
 * error. */
int open_in_netns(const std::string& netns, const std::string& path, int flags, SystemFailure* failure);

}  // namespace lvs
