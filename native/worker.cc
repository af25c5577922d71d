#include "worker.h"

#include <signal.h>

namespace lvs {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

/**
 * How long the thread looks for more before it sleeps: to wake it takes 5 us, and 15 more where its processor
 * has gone to sleep as well. Who awaits one call after another comes back within some microseconds.
 */
constexpr microseconds kLinger{50};

/** On one processor one thread cannot run while the other looks. */
bool has_one_processor() noexcept {
  static const bool one = std::thread::hardware_concurrency() == 1;
  return one;
}

/** Whether `look` gives true before `end`. */
template <typename Look>
bool comes_true(steady_clock::time_point end, Look look) noexcept {
  do {
    if (has_one_processor()) std::this_thread::yield();
    for (int times = 0; times < 16; ++times) {
      if (look()) return true;
    }
  } while (steady_clock::now() < end);
  return false;
}

/** Signals are for the threads of Node. */
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { (void)pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

bool Worker::add(Work* work, microseconds patience) {
  if (!thread_.joinable()) {
    const BlockedSignals blocked;
    thread_ = std::thread([this] { run(); });
  }
  const bool stays = patience.count() > 0;
  work->state_.store(stays ? Work::State::watched : Work::State::pending, std::memory_order_relaxed);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(work);
    wanted_.store(true, std::memory_order_release);
  }
  wake_.notify_one();
  return stays && ends_within(work, patience);
}

bool Worker::ends_within(Work* work, microseconds patience) noexcept {
  if (comes_true(steady_clock::now() + patience, [work] { return work->ended(); })) return true;
  Work::State expected = Work::State::watched;
  return !work->state_.compare_exchange_strong(expected, Work::State::pending, std::memory_order_acq_rel);
}

size_t Worker::take_back() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t count = queue_.size();
  queue_.clear();
  wanted_.store(false, std::memory_order_relaxed);
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
  while (Work* work = next()) {
    work->run();
    // From here on the work may be gone.
    if (work->state_.exchange(Work::State::ended, std::memory_order_acq_rel) == Work::State::pending) tell_();
  }
}

/** What is to be done next, once there is something; null when the thread is to end. */
Work* Worker::next() noexcept {
  const auto idle = steady_clock::now();
  const auto patient_until = idle + kLinger;
  if (lingers_) {
    comes_true(patient_until, [this] { return wanted_.load(std::memory_order_acquire); });
  }
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  lingers_ = !has_one_processor() && steady_clock::now() < patient_until;
  if (queue_.empty()) return nullptr;
  Work* const work = queue_.front();
  queue_.pop_front();
  wanted_.store(!queue_.empty(), std::memory_order_relaxed);
  return work;
}

}  // namespace lvs
