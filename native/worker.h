#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace lvs {

/** Something for a Worker to do. Whoever gave it keeps it until it has ended. */
class Work {
 public:
  virtual ~Work() = default;
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  bool ended() const noexcept { return state_.load(std::memory_order_acquire) == State::ended; }

 protected:
  virtual void run() noexcept = 0;

 private:
  friend class Worker;
  /** `watched`: its owner looks at this; from `pending` the owner is told. */
  enum class State { pending, watched, ended };
  std::atomic<State> state_{State::pending};
};

/**
 * A thread that does one piece of work after another for its owner. To hand work over takes a third of the
 * time that it takes with libuv's pool, whose threads wake by turns.
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
   * Has work done after what was added before. Stays for up to `patience`: whether it has ended by then. If
   * not, the owner is told when it has. The first time it starts the thread, which may throw
   * std::system_error.
   */
  bool add(Work* work, std::chrono::microseconds patience);

  /** Takes back what has not begun: the last so many. */
  size_t take_back() noexcept;

  /** Ends the thread after the work that is under way; what has not begun is not done. Idempotent. */
  void stop() noexcept;

 private:
  static bool ends_within(Work* work, std::chrono::microseconds patience) noexcept;
  void run() noexcept;
  Work* next() noexcept;

  const std::function<void()> tell_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work*> queue_;
  bool stopping_ = false;
  /** Whether the queue holds something, to be looked at without the lock. */
  std::atomic<bool> wanted_{false};
  /** On the worker's thread: whether the last work came soon after the one before it. */
  bool lingers_ = false;
};

}  // namespace lvs
