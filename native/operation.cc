#include "operation.h"

#include "errors.h"

// Plain Node-API calls for work and promises: hooks and handlers in JavaScript may run below them, see
// check().

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
  check(env,
        napi_create_async_work(env, nullptr, name, execute, complete, operation.get(), &operation->work_));
  const Napi::Value promise = operation->deferred_.create(env);
  check(env, napi_queue_async_work(env, operation->work_));
  (void)operation.release();  // complete() owns it now
  return promise;
}

Napi::Value Operation::run_inline(Operation* operation) {
  const Napi::Value promise = operation->deferred_.create(operation->env_);
  operation->run();
  operation->settle();
  return promise;
}

void Operation::execute(napi_env, void* data) noexcept { static_cast<Operation*>(data)->run(); }

/**
 * Called on the environment's thread, in a handle scope, for all queued work: an environment that shuts down
 * waits for it first (Environment::CleanupHandles, src/env.cc), though by then no JavaScript runs and calls
 * that need it fail. Work is never cancelled, so the status carries no information.
 */
void Operation::complete(napi_env, napi_status, void* data) noexcept {
  const std::unique_ptr<Operation> operation(static_cast<Operation*>(data));
  operation->settle();
}

void Operation::settle() noexcept {
  deferred_.settle(env_, [this] { return result(env_); });
}

}  // namespace lvs
