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

/** A task for a Worker. The caller that adds it owns it and keeps it alive until it is done. */
class Work {
 public:
  virtual ~Work() = default;
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  bool done() const noexcept { return state_.load(std::memory_order_acquire) == State::done; }

 protected:
  virtual void run() noexcept = 0;

 private:
  friend class Worker;
  /** `pending`: the worker notifies the owner when it is done. `polled`: the owner polls, no notification. */
  enum class State { pending, polled, done };
  std::atomic<State> state_{State::pending};
};

/**
 * A thread that runs work for one owner, one piece after another. Handing work to it takes a third of the
 * time that libuv's pool takes, whose threads are woken in rotation.
 */
class Worker {
 public:
  /** `notify` is called on the worker's thread after each piece of work whose completion the owner did not
   * poll. */
  explicit Worker(std::function<void()> notify) : notify_(std::move(notify)) {}
  /** Waits for the work in progress. */
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /**
   * Queues work and spins for up to `spin_budget` until it is done. Returns whether it is done; if not, the
   * owner is notified later. The first call starts the thread, which may throw std::system_error.
   */
  bool add(Work* work, std::chrono::microseconds spin_budget);

  /** Removes all work from the queue that has not started. Returns how many pieces: the last ones added. */
  size_t cancel_queued() noexcept;

  /** Ends the thread after the work in progress; queued work does not run. Idempotent. */
  void stop() noexcept;

 private:
  static bool spin_for(Work* work, std::chrono::microseconds spin_budget) noexcept;
  void run() noexcept;
  Work* wait_for_work() noexcept;

  const std::function<void()> notify_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work*> queue_;
  bool stopping_ = false;
  /** Whether the queue holds work; readable without the lock. */
  std::atomic<bool> has_work_{false};
  /** Whether the worker's thread spins before it sleeps: it does if the last work came soon after the one
   * before. */
  bool spins_ = false;
};

}  // namespace lvs
