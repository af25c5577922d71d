#include "operation.h"

#include "errors.h"
#include "promise.h"

// Works and promises are in plain calls: hooks and handlers in JavaScript may run below them, see check().

namespace lvs {

Operation::~Operation() {
  if (work_ != nullptr) (void)napi_delete_async_work(env_, work_);
}

Napi::Value Operation::start(std::unique_ptr<Operation> operation,
                             std::initializer_list<Napi::Value> keep_alive) {
  const Napi::Env env = operation->env_;
  for (const Napi::Value& value : keep_alive) {
    operation->kept_.push_back(Napi::Persistent(value.As<Napi::Object>()));
  }
  const Napi::String name = Napi::String::New(env, "lvs_netlink");
  napi_value promise;
  check(env,
        napi_create_async_work(env, nullptr, name, execute, complete, operation.get(), &operation->work_));
  check(env, napi_create_promise(env, &operation->deferred_, &promise));
  check(env, napi_queue_async_work(env, operation->work_));
  (void)operation.release();  // complete() has it now
  return {env, promise};
}

Napi::Value Operation::perform(Operation* operation) {
  const Napi::Env env = operation->env_;
  napi_value promise;
  check(env, napi_create_promise(env, &operation->deferred_, &promise));
  operation->run();
  settle(env, operation->deferred_, [&] { return operation->result(env); });
  return {env, promise};
}

void Operation::execute(napi_env, void* data) noexcept { static_cast<Operation*>(data)->run(); }

/**
 * Called on the environment's thread, in a handle scope, for each queued work without exception: an
 * environment that goes down waits for it first (Environment::CleanupHandles, src/env.cc), though by then no
 * JavaScript runs and calls that would need it fail. Work is never cancelled here, so the status tells
 * nothing.
 */
void Operation::complete(napi_env env, napi_status, void* data) noexcept {
  const std::unique_ptr<Operation> operation(static_cast<Operation*>(data));
  settle(env, operation->deferred_, [&] { return operation->result(env); });
}

}  // namespace lvs
