#include "worker.h"

#include <signal.h>

#include <utility>

namespace lvs {
namespace {

/** On one processor the thread cannot run while its owner looks. */
bool has_one_processor() noexcept {
  static const bool one = std::thread::hardware_concurrency() == 1;
  return one;
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

bool Worker::work(std::function<void()> work, std::chrono::microseconds patience) {
  if (!thread_.joinable()) {
    const BlockedSignals blocked;
    thread_ = std::thread([this] { run(); });
  }
  const bool stays = patience.count() > 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    work_ = std::move(work);
    state_.store(stays ? State::watched : State::working, std::memory_order_relaxed);
  }
  wake_.notify_one();
  return stays && ends_within(patience);
}

bool Worker::ends_within(std::chrono::microseconds patience) noexcept {
  using std::chrono::steady_clock;
  for (const auto end = steady_clock::now() + patience; steady_clock::now() < end;) {
    if (has_one_processor()) std::this_thread::yield();
    for (int look = 0; look < 16; ++look) {
      if (state_.load(std::memory_order_acquire) == State::ended) return true;
    }
  }
  State expected = State::watched;
  return !state_.compare_exchange_strong(expected, State::working, std::memory_order_acq_rel);
}

void Worker::stop() noexcept {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Worker::run() noexcept {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || work_ != nullptr; });
      if (work_ == nullptr) return;
      work = std::exchange(work_, nullptr);
    }
    work();
    if (state_.exchange(State::ended, std::memory_order_acq_rel) == State::working) tell_();
  }
}

}  // namespace lvs
