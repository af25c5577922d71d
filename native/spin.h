#pragma once

#include <chrono>
#include <cstddef>
#include <thread>

namespace lvs {

// Spinning instead of sleeping: the constants, and why.
//
// A short exchange takes the kernel a few microseconds. Waking a sleeping worker thread takes 5 us, or 20 us
// if its processor has gone idle, and delivering a result through the event loop takes about 30 us. So the
// calling thread spins until a short exchange completes, and the worker thread spins for more work before it
// sleeps.

/**
 * How long the calling thread spins: about what a return to the event loop and the callback from there take,
 * so that in the worst case the call takes twice as long.
 */
constexpr std::chrono::microseconds kSpinBudget{30};

/** The calling thread spins only for requests of up to this length; longer ones usually exceed the budget. */
constexpr size_t kSpinRequestBytes = 4096;

/**
 * An exchange that completes while the caller spins does not let the event loop run. After this many in a row,
 * the next one goes through the event loop.
 */
constexpr unsigned kMaximumSpinsInARow = 16;

/** How long the worker thread spins: a caller that awaits one call after another returns within that time. */
constexpr std::chrono::microseconds kWorkerSpin{50};

/** With a single processor, the other thread cannot run while this one spins. */
inline bool has_one_processor() noexcept {
  static const bool one = std::thread::hardware_concurrency() == 1;
  return one;
}

/** Spins until `condition` holds or `deadline` passes. Returns whether the condition holds. */
template <typename Condition>
bool spin_until(std::chrono::steady_clock::time_point deadline, Condition condition) noexcept {
  do {
    if (has_one_processor()) std::this_thread::yield();
    for (int times = 0; times < 16; ++times) {
      if (condition()) return true;
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

}  // namespace lvs
