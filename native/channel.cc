#include "channel.h"

#include <system_error>
#include <utility>

#include "errors.h"

// Promises are in plain calls: hooks and handlers in JavaScript may run below them, see check().

namespace lvs {
namespace {

/**
 * How long to stay for the end of an exchange: about what it takes to go back to the event loop and be called
 * from there, so that at worst it takes twice as long.
 */
constexpr std::chrono::microseconds kPatience{30};

/** Requests that take the kernel longer than that, as a rule. */
constexpr size_t kLongBytes = 4096;

/** What is given at once does not let the event loop go round; this often it may be so in a row. */
constexpr unsigned kMostInARow = 16;

constexpr const char* kStateNames[] = {"complete", "full", "unanswered", "overrun", "truncated", "failed"};

bool is_short(const ExchangeRequest& request) noexcept {
  return request.datagrams.size() == 1 && request.datagrams.front().length <= kLongBytes;
}

}  // namespace

Channel::Channel(Napi::Env env, std::unique_ptr<NetlinkSocket> socket)
    : env_(env), socket_(std::move(socket)), worker_([this] { tell(); }) {}

std::shared_ptr<Channel> Channel::open(Napi::Env env, std::unique_ptr<NetlinkSocket> socket) {
  std::shared_ptr<Channel> channel(new Channel(env, std::move(socket)));
  const Napi::String name = Napi::String::New(env, "lvs_netlink");
  check(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                             channel.get(), on_told, &channel->way_back_));
  // Called before the way back ends by itself: what was added last goes first.
  check(env, napi_add_env_cleanup_hook(env, on_environment_end, channel.get()));
  check(env, napi_unref_threadsafe_function(env, channel->way_back_));
  return channel;
}

Channel::~Channel() {
  (void)napi_remove_env_cleanup_hook(env_, on_environment_end, this);
  shut();
}

Napi::Value Channel::exchange(const std::shared_ptr<Channel>& channel, ExchangeRequest request,
                              std::initializer_list<Napi::Value> keep_alive) {
  Channel& self = *channel;
  const Napi::Env env = self.env_;
  for (const Napi::Value& value : keep_alive) {
    self.kept_.push_back(Napi::Persistent(value.As<Napi::Object>()));
  }
  const bool stays = self.in_a_row_ < kMostInARow && is_short(request);
  self.request_ = std::move(request);
  self.self_ = channel;
  try {
    const auto work = [&self] { self.report_ = self.socket_->exchange(self.request_); };
    if (self.worker_.work(work, stays ? kPatience : std::chrono::microseconds::zero())) {
      ++self.in_a_row_;
      self.let_go();
      return self.report();
    }
  } catch (const std::system_error& error) {
    self.let_go();
    return rejected(system_error(env, {error.code().value(), "pthread_create", {}}));
  }
  napi_value promise;
  check(env, napi_create_promise(env, &self.deferred_, &promise));
  check(env, napi_ref_threadsafe_function(env, self.way_back_));
  return {env, promise};
}

/** On the worker's thread; the way back is there, since it is shut after the thread has ended. */
void Channel::tell() noexcept {
  (void)napi_call_threadsafe_function(way_back_, nullptr, napi_tsfn_nonblocking);
}

void Channel::on_told(napi_env env, napi_value, void* context, void*) noexcept {
  // Without an environment the way back is being shut, and let_go() was called.
  if (env == nullptr) return;
  Channel& channel = *static_cast<Channel*>(context);
  const std::shared_ptr<Channel> alive = channel.self_;
  (void)napi_unref_threadsafe_function(env, channel.way_back_);
  channel.in_a_row_ = 0;
  channel.settle();
  // An exception that is pending now has no caller to go to, and Node would end the process for it.
  napi_value exception;
  (void)napi_get_and_clear_last_exception(env, &exception);
}

/**
 * Nothing is checked: a promise that cannot be settled belongs to an environment that goes down, and nobody
 * waits for it. Napi::Promise::Deferred would throw, and there is no caller to catch it.
 */
void Channel::settle() noexcept {
  const napi_deferred deferred = std::exchange(deferred_, nullptr);
  let_go();
  napi_value reason;
  try {
    if (deferred != nullptr) (void)napi_resolve_deferred(env_, deferred, report());
    return;
  } catch (const Napi::Error& error) {
    reason = error.Value();
  } catch (const std::exception& failure) {
    reason = Napi::Error::New(env_, failure.what()).Value();
  }
  (void)napi_reject_deferred(env_, deferred, reason);
}

/** The exchange has ended: another may begin, and the last share may go. */
void Channel::let_go() noexcept {
  kept_.clear();
  self_.reset();
}

void Channel::shut() noexcept {
  worker_.stop();
  if (way_back_ == nullptr) return;
  (void)napi_release_threadsafe_function(std::exchange(way_back_, nullptr), napi_tsfn_abort);
}

/** Waits for an exchange under way: it writes into memory that goes with the environment. */
void Channel::on_environment_end(void* data) noexcept {
  Channel& channel = *static_cast<Channel*>(data);
  const std::shared_ptr<Channel> alive = channel.self_;
  channel.shut();
  channel.let_go();
}

Napi::Object Channel::report() const {
  Napi::Object object = Napi::Object::New(env_);
  object.Set("state", kStateNames[static_cast<size_t>(report_.state)]);
  object.Set("datagram", report_.datagram);
  object.Set("awaiting", report_.awaiting);
  object.Set("received", report_.received);
  object.Set("errno", report_.error);
  object.Set("syscall", report_.syscall);
  object.Set("sends", report_.sends);
  object.Set("receives", report_.receives);
  return object;
}

}  // namespace lvs
