#pragma once

#include <functional>
#include <string>

#include "system_failure.h"

namespace lvs {

/**
 * Runs `body` inside the network namespace that the file at `path` stands for, or in place when `path` is
 * empty. Returns after `body` has. When the namespace cannot be entered, `body` does not run and `failure`
 * says why.
 */
void run_in_netns(const std::string& path, const std::function<void()>& body, SystemFailure* failure);

/** Opens a file as it is seen from inside a network namespace (empty: here). -1 when `failure` says why. */
int open_in_netns(const std::string& netns, const std::string& path, int flags, SystemFailure* failure);

}  // namespace lvs
