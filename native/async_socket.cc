#include "async_socket.h"

#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "errors.h"
#include "promise.h"
#include "spin.h"

namespace lvs {
namespace {

constexpr const char* kStateNames[] = {"complete",  "full",   "unanswered", "overrun",
                                       "truncated", "failed", "not-started"};

bool is_short(const ExchangeRequest& request) noexcept {
  return request.datagrams.size() == 1 && request.datagrams.front().length <= kSpinRequestBytes;
}

Napi::Object to_object(Napi::Env env, const ExchangeReport& report) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("state", kStateNames[static_cast<size_t>(report.state)]);
  object.Set("datagram", report.datagram);
  object.Set("awaiting", report.awaiting);
  object.Set("received", report.received);
  object.Set("errno", report.error);
  object.Set("syscall", report.syscall);
  object.Set("sends", report.sends);
  object.Set("receives", report.receives);
  return object;
}

}  // namespace

/** One exchange, from the call to its report. */
class AsyncSocket::Exchange final : public Work {
 public:
  Exchange(NetlinkSocket* socket, ExchangeRequest request) : request_(std::move(request)), socket_(socket) {}

  /** The caller's buffer, which must be alive when the replies are copied. */
  void set_target(const Napi::Uint8Array& target) { target_ = Napi::Persistent(target.As<Napi::Object>()); }

  const uint8_t* memory() const noexcept { return request_.replies; }

  /** Copies the replies to the caller's buffer, unless it has lost its memory meanwhile. */
  Napi::Object finish(Napi::Env env) {
    if (report_.received > 0) {
      Napi::Uint8Array target = target_.Value().As<Napi::Uint8Array>();
      if (target.ElementLength() < report_.received) {
        throw range_error(env, "replies must keep its memory until the exchange ends");
      }
      std::memcpy(target.Data(), request_.replies, report_.received);
    }
    return to_object(env, report_);
  }

  Napi::Value promise(Napi::Env env) { return deferred_.create(env); }

  /** Settles the promise; an exchange whose promise could not be created has none. */
  void settle(Napi::Env env) noexcept {
    deferred_.settle(env, [&] { return finish(env); });
  }

  /** Reports it as not started, as if the previous exchange had not been complete. */
  void cancel() noexcept {
    report_.state = ExchangeState::not_started;
    report_.datagram = request_.first;
    report_.awaiting = request_.awaiting;
  }

 protected:
  void run() noexcept override { report_ = socket_->exchange(request_); }

 private:
  const ExchangeRequest request_;
  NetlinkSocket* const socket_;
  ExchangeReport report_;
  Deferred deferred_;
  Napi::ObjectReference target_;
};

AsyncSocket::AsyncSocket(Napi::Env env, std::unique_ptr<NetlinkSocket> socket)
    : env_(env), socket_(std::move(socket)), worker_([this] { notify(); }) {}

std::shared_ptr<AsyncSocket> AsyncSocket::open(Napi::Env env, std::unique_ptr<NetlinkSocket> socket) {
  std::shared_ptr<AsyncSocket> opened(new AsyncSocket(env, std::move(socket)));
  const Napi::String name = Napi::String::New(env, "lvs_netlink");
  check(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                             opened.get(), on_notified, &opened->done_callback_));
  // Hooks run in reverse order: this one runs before the one that ends the callback.
  check(env, napi_add_env_cleanup_hook(env, on_environment_end, opened.get()));
  check(env, napi_unref_threadsafe_function(env, opened->done_callback_));
  return opened;
}

AsyncSocket::~AsyncSocket() {
  (void)napi_remove_env_cleanup_hook(env_, on_environment_end, this);
  stop();
}

Napi::Value AsyncSocket::exchange(const std::shared_ptr<AsyncSocket>& socket, ExchangeRequest request,
                                  const Napi::Uint8Array& replies) {
  AsyncSocket& self = *socket;
  const Napi::Env env = self.env_;
  const bool spins =
      self.in_flight_.empty() && self.spins_in_a_row_ < kMaximumSpinsInARow && is_short(request);
  const auto spin_budget = spins ? kSpinBudget : std::chrono::microseconds::zero();
  self.lend_memory(&request);
  auto created = std::make_unique<Exchange>(self.socket_.get(), std::move(request));
  created->set_target(replies);
  Exchange& exchange = *created;
  self.in_flight_.push_back(std::move(created));
  self.self_ = socket;
  try {
    if (self.worker_.add(&exchange, spin_budget)) {
      ++self.spins_in_a_row_;
      return self.take_first()->finish(env);
    }
  } catch (const std::system_error& error) {
    self.take_last();
    return rejected(system_error(env, {error.code().value(), "pthread_create", {}}));
  }
  const Napi::Value promise = exchange.promise(env);
  check(env, napi_ref_threadsafe_function(env, self.done_callback_));
  return promise;
}

void AsyncSocket::close() noexcept {
  socket_->cancel();
  for (size_t count = worker_.cancel_queued(); count > 0; --count) {
    const std::unique_ptr<Exchange> exchange = take_last();
    exchange->cancel();
    exchange->settle(env_);
  }
}

/** Called on the worker's thread; the callback exists until after that thread has ended. */
void AsyncSocket::notify() noexcept {
  (void)napi_call_threadsafe_function(done_callback_, nullptr, napi_tsfn_nonblocking);
}

void AsyncSocket::on_notified(napi_env env, napi_value, void* context, void*) noexcept {
  // Without an environment the callback is being destroyed, and nothing is in flight any more.
  if (env == nullptr) return;
  AsyncSocket& self = *static_cast<AsyncSocket*>(context);
  const std::shared_ptr<AsyncSocket> alive = self.self_;
  self.spins_in_a_row_ = 0;
  while (!self.in_flight_.empty() && self.in_flight_.front()->done()) {
    self.take_first()->settle(self.env_);
  }
}

/** There is one piece for each exchange that may be in flight. */
void AsyncSocket::lend_memory(ExchangeRequest* request) {
  Memory& memory = memory_[0].lent ? memory_[1] : memory_[0];
  if (memory.length < request->replies_length) {
    memory.length = 0;
    memory.bytes.reset(new uint8_t[request->replies_length]);
    memory.length = request->replies_length;
  }
  memory.lent = true;
  request->replies = memory.bytes.get();
}

/** The exchange is settled before another one can be started, so its replies stay until they are copied. */
void AsyncSocket::return_memory(const Exchange& exchange) noexcept {
  for (Memory& memory : memory_) {
    if (memory.bytes.get() == exchange.memory()) memory.lent = false;
  }
}

std::unique_ptr<AsyncSocket::Exchange> AsyncSocket::take_first() noexcept {
  std::unique_ptr<Exchange> exchange = std::move(in_flight_.front());
  in_flight_.pop_front();
  return_memory(*exchange);
  release_if_idle();
  return exchange;
}

std::unique_ptr<AsyncSocket::Exchange> AsyncSocket::take_last() noexcept {
  std::unique_ptr<Exchange> exchange = std::move(in_flight_.back());
  in_flight_.pop_back();
  return_memory(*exchange);
  release_if_idle();
  return exchange;
}

/** With nothing in flight, the process may exit, and the object may be destroyed. */
void AsyncSocket::release_if_idle() noexcept {
  if (!in_flight_.empty()) return;
  (void)napi_unref_threadsafe_function(env_, done_callback_);
  self_.reset();
}

void AsyncSocket::stop() noexcept {
  worker_.stop();
  if (done_callback_ == nullptr) return;
  (void)napi_release_threadsafe_function(std::exchange(done_callback_, nullptr), napi_tsfn_abort);
}

/** Waits for the exchange in progress: it writes into memory that is freed with the environment. */
void AsyncSocket::on_environment_end(void* data) noexcept {
  AsyncSocket& self = *static_cast<AsyncSocket*>(data);
  const std::shared_ptr<AsyncSocket> alive = self.self_;
  self.stop();
  self.in_flight_.clear();
  self.self_.reset();
}

}  // namespace lvs
