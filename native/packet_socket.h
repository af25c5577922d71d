#pragma once

#include <cstdint>
#include <vector>

#include "system_failure.h"

namespace lvs {

/** A frame starts with two hardware addresses of six bytes each and a protocol number of two bytes. */
constexpr size_t kMinimumFrameBytes = 14;
constexpr size_t kMaximumFrameBytes = 64 * 1024;

/** Sends an Ethernet frame on an interface of the calling thread's network namespace. */
void send_frame(uint32_t interface_index, const std::vector<uint8_t>& frame, SystemFailure* failure);

}  // namespace lvs
