#include "channel.h"

#include <system_error>
#include <utility>
#include <vector>

#include "errors.h"
#include "promise.h"

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

constexpr const char* kStateNames[] = {"complete",  "full",   "unanswered", "overrun",
                                       "truncated", "failed", "held"};

bool is_short(const ExchangeRequest& request) noexcept {
  return request.datagrams.size() == 1 && request.datagrams.front().length <= kLongBytes;
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
class Channel::Exchange final : public Work {
 public:
  Exchange(NetlinkSocket* socket, ExchangeRequest request) : request_(std::move(request)), socket_(socket) {}

  void keep(const Napi::Value& value) { kept_.push_back(Napi::Persistent(value.As<Napi::Object>())); }

  /** Ends it without a beginning, as if the one before had not been complete. */
  void hold() noexcept {
    report_.state = ExchangeState::held;
    report_.datagram = request_.first;
    report_.awaiting = request_.awaiting;
  }

  const ExchangeReport& report() const noexcept { return report_; }

  /** Of the promise, where there is one. */
  napi_deferred deferred = nullptr;

 protected:
  void run() noexcept override { report_ = socket_->exchange(request_); }

 private:
  const ExchangeRequest request_;
  NetlinkSocket* const socket_;
  ExchangeReport report_;
  std::vector<Napi::ObjectReference> kept_;
};

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
  const bool stays = self.under_way_.empty() && self.in_a_row_ < kMostInARow && is_short(request);
  auto made = std::make_unique<Exchange>(self.socket_.get(), std::move(request));
  for (const Napi::Value& value : keep_alive) made->keep(value);
  Exchange& exchange = *made;
  self.under_way_.push_back(std::move(made));
  self.self_ = channel;
  try {
    if (self.worker_.add(&exchange, stays ? kPatience : std::chrono::microseconds::zero())) {
      ++self.in_a_row_;
      return to_object(env, self.take_first()->report());
    }
  } catch (const std::system_error& error) {
    self.take_last();
    return rejected(system_error(env, {error.code().value(), "pthread_create", {}}));
  }
  napi_value promise;
  check(env, napi_create_promise(env, &exchange.deferred, &promise));
  check(env, napi_ref_threadsafe_function(env, self.way_back_));
  return {env, promise};
}

void Channel::close() noexcept {
  socket_->cancel();
  for (size_t count = worker_.take_back(); count > 0; --count) {
    std::unique_ptr<Exchange> exchange = take_last();
    exchange->hold();
    settle(std::move(exchange));
  }
}

/** On the worker's thread; the way back is there, since it is shut after the thread has ended. */
void Channel::tell() noexcept {
  (void)napi_call_threadsafe_function(way_back_, nullptr, napi_tsfn_nonblocking);
}

void Channel::on_told(napi_env env, napi_value, void* context, void*) noexcept {
  // Without an environment the way back is being shut, and nothing is under way any more.
  if (env == nullptr) return;
  Channel& channel = *static_cast<Channel*>(context);
  const std::shared_ptr<Channel> alive = channel.self_;
  channel.in_a_row_ = 0;
  while (!channel.under_way_.empty() && channel.under_way_.front()->ended()) {
    channel.settle(channel.take_first());
  }
}

/** One whose promise could not be made has nobody who waits for it. */
void Channel::settle(std::unique_ptr<Exchange> exchange) noexcept {
  if (exchange->deferred == nullptr) return;
  lvs::settle(env_, exchange->deferred, [&] { return to_object(env_, exchange->report()); });
}

std::unique_ptr<Channel::Exchange> Channel::take_first() noexcept {
  std::unique_ptr<Exchange> exchange = std::move(under_way_.front());
  under_way_.pop_front();
  let_go();
  return exchange;
}

std::unique_ptr<Channel::Exchange> Channel::take_last() noexcept {
  std::unique_ptr<Exchange> exchange = std::move(under_way_.back());
  under_way_.pop_back();
  let_go();
  return exchange;
}

/** With nothing under way the process may end, and the last share of this may go. */
void Channel::let_go() noexcept {
  if (!under_way_.empty()) return;
  (void)napi_unref_threadsafe_function(env_, way_back_);
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
  channel.under_way_.clear();
  channel.self_.reset();
}

}  // namespace lvs
