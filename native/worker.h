#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace lvs {

/**
 * A thread that does one piece of work at a time for another, its owner. To hand work over takes a third of
 * the time that it takes with libuv's pool, whose threads wake by turns.
 */
class Worker {
 public:
  /** `tell` is called on the worker's thread when work has ended for whose end the owner did not stay. */
  explicit Worker(std::function<void()> tell) : tell_(std::move(tell)) {}
  /** Waits for work that is under way. */
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /**
   * Has work done; none may be under way. Stays for up to `patience`: whether it has ended by then. If not,
   * the owner is told when it has. The first time it starts the thread, which may throw std::system_error.
   */
  bool work(std::function<void()> work, std::chrono::microseconds patience);

  /** Ends the thread after the work that is under way. Idempotent. */
  void stop() noexcept;

 private:
  /** `watched`: the owner looks at this; from `working` it is told. */
  enum class State { ended, watched, working };

  bool ends_within(std::chrono::microseconds patience) noexcept;
  void run() noexcept;

  const std::function<void()> tell_;
  std::function<void()> work_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::atomic<State> state_{State::ended};
};

}  // namespace lvs
