#include "worker.h"

#include <signal.h>

#include "spin.h"

namespace lvs {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

/** Blocks all signals in the current thread and in those that it starts: signals are handled by Node's
 * threads. */
class ScopedSignalBlock {
 public:
  ScopedSignalBlock() noexcept {
    sigset_t all;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &previous_);
  }
  ~ScopedSignalBlock() { (void)pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

 private:
  sigset_t previous_;
};

}  // namespace

bool Worker::add(Work* work, microseconds spin_budget) {
  if (!thread_.joinable()) {
    const ScopedSignalBlock blocked;
    thread_ = std::thread([this] { run(); });
  }
  const bool polls = spin_budget.count() > 0;
  work->state_.store(polls ? Work::State::polled : Work::State::pending, std::memory_order_relaxed);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(work);
    has_work_.store(true, std::memory_order_release);
  }
  wake_.notify_one();
  return polls && spin_for(work, spin_budget);
}

bool Worker::spin_for(Work* work, microseconds spin_budget) noexcept {
  if (spin_until(steady_clock::now() + spin_budget, [work] { return work->done(); })) return true;
  Work::State expected = Work::State::polled;
  return !work->state_.compare_exchange_strong(expected, Work::State::pending, std::memory_order_acq_rel);
}

size_t Worker::cancel_queued() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t count = queue_.size();
  queue_.clear();
  has_work_.store(false, std::memory_order_relaxed);
  return count;
}

void Worker::stop() noexcept {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.clear();
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Worker::run() noexcept {
  while (Work* work = wait_for_work()) {
    work->run();
    // The owner may delete the work as soon as it is done.
    if (work->state_.exchange(Work::State::done, std::memory_order_acq_rel) == Work::State::pending)
      notify_();
  }
}

/** Returns the next work as soon as there is some; null when the thread is to end. */
Work* Worker::wait_for_work() noexcept {
  const auto spin_deadline = steady_clock::now() + kWorkerSpin;
  if (spins_) {
    spin_until(spin_deadline, [this] { return has_work_.load(std::memory_order_acquire); });
  }
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  spins_ = !has_one_processor() && steady_clock::now() < spin_deadline;
  if (queue_.empty()) return nullptr;
  Work* const work = queue_.front();
  queue_.pop_front();
  has_work_.store(!queue_.empty(), std::memory_order_relaxed);
  return work;
}

}  // namespace lvs
